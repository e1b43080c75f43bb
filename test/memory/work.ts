import { setTimeout as sleep } from 'node:timers/promises'
import { type Graph, unpack } from '../../src/codec/index.ts'
import { Box } from './support.ts'

// What the tests let the other side do.

export function add(box: Box, word: number, by: number): number {
  return box.cell.cells.add(word, by)
}

export function addOften(box: Box, word: number, times: number): void {
  for (let i = 0; i < times; i++) box.cell.cells.add(word, 1)
}

export function seat(box: Box): number {
  return box.cell.seats.me
}

export function isAlive(box: Box, other: number): boolean {
  return box.cell.seats.isAlive(other)
}

export function makeBox(value: number): Box {
  const box = Box.make()
  box.cell.cells.store(0, value)
  return box
}

export function makeBytes(size: number, text: string): Box {
  const box = Box.withBytes(size)
  box.segment?.bytes.set(Buffer.from(text))
  return box
}

export function read(box: Box, size: number): string {
  return Buffer.from(box.segment?.bytes.subarray(0, size) ?? []).toString()
}

export function write(box: Box, text: string): void {
  box.segment?.bytes.set(Buffer.from(text))
}

export function isSame(one: Box, other: Box): boolean {
  return one === other
}

export function inner(box: Box): unknown {
  return (box.more as { box: Box }).box.cell.cells.load(0)
}

const kept: Box[] = []

export function keep(box: Box): void {
  kept.push(box)
}

export function kept0(): number {
  return kept[0]?.cell.cells.load(0) ?? -1
}

/** Waits in this thread until word 0 is set; answers how long, in milliseconds. */
export function sleepUntilSet(box: Box, ms: number): number {
  const { cells } = box.cell
  const start = performance.now()
  cells.store(1, 1)
  cells.wake(1, 1)
  while (cells.load(0) === 0 && performance.now() - start < ms) cells.sleep(0, 0, 50)
  return performance.now() - start
}

/** Listens for rings until word 0 is set. */
export async function listenUntilSet(box: Box): Promise<number> {
  const { cells, seats } = box.cell
  let rings = 0
  await new Promise<void>(resolve => {
    const listening = seats.listen(() => {
      rings++
      if (cells.load(0) === 0) return
      listening.close()
      resolve()
    })
    cells.store(2, seats.lane(seats.me))
    cells.store(1, 1)
  })
  return rings
}

export async function ringBack(box: Box, lane: number): Promise<void> {
  box.cell.cells.store(0, 1)
  ringLane(box, lane)
  await sleep(0)
}

export function ringLane(box: Box, lane: number): void {
  if (lane < 32) box.cell.seats.ring(1 << lane, 0)
  else box.cell.seats.ring(0, 1 << (lane - 32))
}

/** Its answer is sent, and then this process ends without waiting for anything. */
export function makeBytesAndExit(size: number, text: string): Box {
  setImmediate(() => process.exit(0))
  return makeBytes(size, text)
}

export function readKept(size: number): string {
  return read(kept[0] as Box, size)
}

export function unpackThere(graph: Graph): void {
  unpack(graph)
}

/** Makes and drops cells, sends, rings and listens, until it is killed. */
export async function churn(box: Box): Promise<void> {
  const { seats } = box.cell
  seats.listen(() => {})
  const held: Box[] = []
  for (let i = 0; ; i++) {
    const made = Box.make()
    held[i % 100] = made
    const { arena } = made.cell as unknown as { arena: { release(cell: unknown): void; sweep(): number } }
    if (i % 3 === 0) arena.release(Box.make().cell)
    seats.ring(-1, -1)
    if (i % 50 === 0) {
      arena.sweep()
      await sleep(0)
    }
  }
}

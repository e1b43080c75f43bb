import { type Connection, Pipe, Queue } from '../../src/channel/index.ts'
import { Event, Lock } from '../../src/sync/index.ts'
import { Box } from './support.ts'

// What the tests of the broker let the process do that has the memory, or one that reaches it.

export interface Made {
  readonly lock: Lock
  readonly event: Event
  readonly queue: Queue<number>
  readonly here: Connection
}

const kept: unknown[] = []

/** Things that this process has; it holds the lock. */
export async function make(): Promise<Made> {
  const lock = new Lock()
  const [here, there] = Pipe()
  const made = { lock, event: new Event(), queue: new Queue<number>(), here }
  kept.push(made, there, await lock.acquire())
  return made
}

export async function hold(lock: Lock): Promise<void> {
  kept.push(await lock.acquire())
}

export function makeLock(): Lock {
  const lock = new Lock()
  kept.push(lock)
  return lock
}

let bytes: Uint8Array = new Uint8Array()

/** More than is copied at one request. */
export function boxOfBytes(text: string): Box {
  const box = Box.withBytes(3_000_000)
  kept.push(box)
  bytes = box.segment?.bytes ?? bytes
  bytes.set(Buffer.from(text))
  return box
}

export function textOf(at: number, size: number): string {
  return Buffer.from(bytes.subarray(at, at + size)).toString()
}

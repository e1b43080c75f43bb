import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProcess, type Side, startThread } from './sides.ts'
import { Box } from './support.ts'

const WORK = new URL('work.js', import.meta.url).href

/**
 * Kills processes and threads that take seats, make cells, give them back, send and ring, at any instant. Their seats
 * have to show it, the next ones have to find everything usable, and in the end nothing may be held by the dead.
 */
export async function killMany(kills: number, atOnce: number): Promise<void> {
  const box = Box.make()
  const { arena } = box.cell as unknown as {
    arena: { sweep(): number; seats: { isTaken(slot: number): boolean } }
  }
  arena.sweep()
  let left = kills
  const victim = async (i: number): Promise<void> => {
    while (left-- > 0) {
      const side: Side = left % 3 === i % 3 ? startThread() : startProcess()
      const seat = (await side.call(WORK, 'seat', box)) as number
      assert.equal(arena.seats && box.cell.seats.isAlive(seat), true)
      side.call(WORK, 'churn', box).catch(() => {})
      await sleep(Math.random() * 30)
      await side.kill()
      assert.equal(box.cell.seats.isAlive(seat), false, 'the dead one is seen')
    }
  }
  await Promise.all(Array.from({ length: atOnce }, (_, i) => victim(i)))
  const last = startProcess()
  const { cells } = box.cell
  cells.store(0, 0)
  await last.call(WORK, 'addOften', box, 0, 1000)
  assert.equal(cells.load(0), 1000)
  await last.kill()
  const cellsLeft = arena.sweep()
  assert.ok(cellsLeft < 300, `${cellsLeft} cells are still held`)
  const seats = Array.from({ length: 64 }, (_, slot) => arena.seats.isTaken(slot)).filter(Boolean).length
  assert.equal(seats, 1, 'only this thread sits there')
}

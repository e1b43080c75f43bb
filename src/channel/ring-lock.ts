import type { Cells, Seats } from '../memory/index.ts'
import { HOLDER, LISTENING, LOCK_LISTENING, LOCK_SLEEPING, SLEEPING } from './layout.ts'

/*
 * The locks at the two ends of a ring, and who is told when something moves. Held for as long as a copy takes, by a
 * thread; a holder that died is found by whoever wants the lock next, and what it left is as if it had never begun.
 */

/** The words of one side of a ring. */
export interface Side {
  readonly lock: number
  /** Who waits: `SLEEPING`, `LISTENING`. */
  readonly waiting: number
  /** Two words of lanes. */
  readonly lanes: number
  /** What they wait to see move. Threads that sleep do so on `waiting`, which whoever wakes them clears first. */
  readonly moves: number
}

/** Takes the lock if it is free, or its holder is dead. */
export function tryLock(cells: Cells, seats: Seats, lock: number, me: number): boolean {
  const before = cells.compareExchange(lock, 0, me)
  return before === 0 || takeFromDead(cells, seats, lock, me, before)
}

function takeFromDead(cells: Cells, seats: Seats, lock: number, me: number, before: number): boolean {
  const holder = before & HOLDER
  if (holder === me || seats.isAlive(holder)) return false
  // Who waits is kept, to be woken when this thread is done.
  return cells.compareExchange(lock, before, (before & ~HOLDER) | me) === before
}

/** Gives the lock back, and tells who waits for it. */
export function unlock(cells: Cells, seats: Seats, side: Side): void {
  const before = cells.exchange(side.lock, 0)
  if ((before & LOCK_SLEEPING) !== 0) cells.wake(side.lock, 1)
  if ((before & LOCK_LISTENING) !== 0) ringOne(cells, seats, side)
}

/** Marks a held lock, so that its holder tells who waits. False: it is free by now. */
export function markLock(cells: Cells, lock: number, mark: number): boolean {
  for (let before = cells.load(lock); before !== 0; ) {
    if ((before & mark) !== 0) return true
    const found = cells.compareExchange(lock, before, before | mark)
    if (found === before) return true
    before = found
  }
  return false
}

/** Something moved: wakes one of the threads that sleep, and one of the event loops that listen. */
export function announce(cells: Cells, seats: Seats, side: Side): void {
  const before = cells.exchange(side.waiting, 0)
  if ((before & SLEEPING) !== 0) cells.wake(side.waiting, 1)
  if ((before & LISTENING) !== 0) ringOne(cells, seats, side)
}

/** Tells everybody on a side. */
export function announceToAll(cells: Cells, seats: Seats, side: Side): void {
  cells.exchange(side.waiting, 0)
  cells.wake(side.waiting, EVERYBODY)
  cells.wake(side.lock, EVERYBODY)
  seats.ring(cells.exchange(side.lanes, 0), cells.exchange(side.lanes + 1, 0))
}

const EVERYBODY = 0x7fffffff

/** Rings one of the lanes, and leaves word for the others. A lane whose thread is gone costs them a look later. */
export function ringOne(cells: Cells, seats: Seats, side: Side): void {
  for (let word = 0; word < 2; word++) {
    const at = side.lanes + word
    for (let lanes = cells.load(at); lanes !== 0; lanes = cells.load(at)) {
      const lane = lanes & -lanes
      if ((cells.and(at, ~lane) & lane) === 0) continue
      const more = cells.load(side.lanes) !== 0 || cells.load(side.lanes + 1) !== 0
      if (more) cells.or(side.waiting, LISTENING)
      seats.ring(word === 0 ? lane : 0, word === 0 ? 0 : lane)
      return
    }
  }
}

/** Says that the event loop of this lane listens. To be followed by another look. */
export function enlist(cells: Cells, side: Side, lane: number): void {
  cells.or(side.lanes + (lane >> 5), 1 << (lane & 31))
  cells.or(side.waiting, LISTENING)
  markLock(cells, side.lock, LOCK_LISTENING)
}

/** It listens no more. Answers whether it was rung since it enlisted. */
export function resign(cells: Cells, side: Side, lane: number): boolean {
  const bit = 1 << (lane & 31)
  return (cells.and(side.lanes + (lane >> 5), ~bit) & bit) === 0
}

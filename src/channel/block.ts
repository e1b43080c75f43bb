import { now } from '../base/index.ts'
import { LOCK_SLEEPING, SLEEPING } from './layout.ts'
import { type Attempt, BUSY, NOT_NOW, PUT, type Ring } from './ring.ts'
import { markLock, type Side } from './ring-lock.ts'

/** Looks before a thread goes to sleep: some 10 µs, in which a busy partner mostly moves. */
export const LOOKS = 500
/** Nobody holds a lock for longer than a copy takes, so even who does not wait waits so long, in milliseconds. */
const FOR_A_LOCK = 50

/**
 * Tries until it succeeds, with this thread asleep in between. `attempt` answers `DONE` or `CLOSED` when it is over,
 * and throws what ends it. Answers `NOT_NOW` when the time is over. `timeout` in milliseconds, zero or less: only
 * wait for those who are at it.
 */
export function block(
  ring: Ring,
  side: Side,
  attempt: () => Attempt,
  timeout: number,
  looks = ring.cells.isRemote ? 1 : LOOKS,
): Attempt {
  const first = spin(ring, side, attempt, looks, timeout > 0)
  if (first !== NOT_NOW && first !== BUSY) return first
  if (first === NOT_NOW && timeout <= 0) return NOT_NOW
  return sleepUntil(ring, side, attempt, timeout)
}

/** Looks without sleeping: a whole attempt only where something has moved. */
function spin(ring: Ring, side: Side, attempt: () => Attempt, looks: number, mayWait: boolean): Attempt {
  const { cells } = ring
  let seen = cells.load(side.moves)
  let result = attempt()
  for (let look = 1; look < looks; look++) {
    if (result !== BUSY && !(mayWait && result === NOT_NOW)) return result
    const moved = cells.load(side.moves)
    if (result === NOT_NOW && moved === seen) continue
    seen = moved
    result = attempt()
  }
  return result
}

function sleepUntil(ring: Ring, side: Side, attempt: () => Attempt, timeout: number): Attempt {
  const { cells } = ring
  const began = now()
  let sleptOnLock = false
  for (;;) {
    const seen = cells.load(side.moves)
    cells.or(side.waiting, SLEEPING)
    const result = attempt()
    if (result !== NOT_NOW && result !== BUSY) {
      passOn(ring, side, sleptOnLock)
      return result
    }
    const limit = result === BUSY ? Math.max(timeout, FOR_A_LOCK) : timeout
    const left = limit - (now() - began)
    if (left <= 0) {
      passOn(ring, side, sleptOnLock)
      return NOT_NOW
    }
    if (result === NOT_NOW) cells.sleep(side.moves, seen, left)
    else {
      sleptOnLock = true
      sleepOnLock(ring, side, left)
    }
  }
}

function sleepOnLock({ cells }: Ring, side: Side, ms: number): void {
  if (!markLock(cells, side.lock, LOCK_SLEEPING)) return
  const held = cells.load(side.lock)
  if ((held & LOCK_SLEEPING) !== 0) cells.sleep(side.lock, held, ms)
}

/** Others may sleep for the same: who was woken instead of them says so. */
function passOn(ring: Ring, side: Side, sleptOnLock: boolean): void {
  const { cells } = ring
  cells.or(side.waiting, SLEEPING)
  if (side === PUT || !ring.isEmpty) cells.wake(side.moves, 1)
  if (sleptOnLock) cells.wake(side.lock, 1)
}

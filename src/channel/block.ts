import { now } from '../base/index.ts'
import { LOCK_SLEEPING, SLEEPING } from './layout.ts'
import { type Attempt, BUSY, GET, NOT_NOW, PUT, type Ring } from './ring.ts'
import { markLock, type Side } from './ring-lock.ts'

/** Looks before a thread goes to sleep: some 10 µs, in which a busy partner mostly moves. */
export const LOOKS = 500
/** Nobody holds a lock for longer than a copy takes, so even who does not wait waits so long, in milliseconds. */
const FOR_A_LOCK = 50

/**
 * Tries until it succeeds, with this thread asleep in between. `attempt` answers `DONE` or `CLOSED` when it is over,
 * and throws what ends it. Answers `NOT_NOW` when the time is over. `timeout` in milliseconds, zero or less: only
 * wait for those who are at it, and `BUSY` if they don't come to an end.
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
    // Whoever wakes clears this, which is seen even by one that is not quite asleep yet.
    const listed = cells.or(side.waiting, SLEEPING) | SLEEPING
    const result = attempt()
    const limit = result === BUSY ? Math.max(timeout, FOR_A_LOCK) : timeout
    const left = limit - (now() - began)
    if ((result !== NOT_NOW && result !== BUSY) || left <= 0) {
      passOn(ring, side, sleptOnLock)
      return result === BUSY && timeout > 0 ? NOT_NOW : result
    }
    if (result === NOT_NOW) cells.sleep(side.waiting, listed, left)
    else {
      sleptOnLock = true
      // Who puts may need both locks.
      if (!sleepOnLock(ring, side, left)) sleepOnLock(ring, side === PUT ? GET : PUT, left)
    }
  }
}

/** False: nobody holds the lock. */
function sleepOnLock({ cells }: Ring, { lock }: Side, ms: number): boolean {
  if (!markLock(cells, lock, LOCK_SLEEPING)) return false
  const held = cells.load(lock)
  if ((held & LOCK_SLEEPING) !== 0) cells.sleep(lock, held, ms)
  return true
}

/** Others may sleep for the same: who was woken instead of them says so. */
function passOn(ring: Ring, side: Side, sleptOnLock: boolean): void {
  const { cells } = ring
  cells.or(side.waiting, SLEEPING)
  if (side === PUT || !ring.isEmpty) cells.wake(side.waiting, 1)
  if (!sleptOnLock) return
  cells.wake(GET.lock, 1)
  cells.wake(PUT.lock, 1)
}

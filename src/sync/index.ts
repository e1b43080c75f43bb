/**
 * sync: locks and what is built like them, one class each for threads and processes.
 *
 *    Lock RLock Condition ──► Mutex ┐                       ┌► waitSync: the thread sleeps on the word
 *    Semaphore            ──► Units ┴► Turnstile ─► Waiting ┤
 *    Condition ──► Notices, Roster                          └► AsyncWait: the event loop goes on until its Bell rings
 *    Event, Barrier ──► Flag, Rounds        (all of them over the Cells and Seats of memory)
 *
 * Invariants
 * - An algorithm is written once, as a generator that yields where it stands still; it touches shared words through
 *   Cells alone. So the step explorer runs the very same code in every order.
 * - Nothing waits for a wake-up alone: who waits looks again every 40 ms, which is how a death is noticed.
 * - Uncontended, a lock is one operation to take and one to give back.
 */
import './handles.ts'

export { Barrier, type BarrierOptions } from './barrier.ts'
export { BaseLock, type LockOptions } from './base-lock.ts'
export { BLOCKING_LIMITS, type BlockingOptions, refuseToBlock } from './blocking.ts'
export { BoundedSemaphore } from './bounded-semaphore.ts'
export { Condition, type ConditionOptions } from './condition.ts'
export { Event, type EventOptions } from './event.ts'
export { Guard } from './guard.ts'
export { Local } from './local.ts'
export { Lock } from './lock.ts'
export { RLock } from './rlock.ts'
export { Semaphore, type SemaphoreOptions } from './semaphore.ts'

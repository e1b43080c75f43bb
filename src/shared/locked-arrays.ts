import { createError } from '../base/index.ts'
import type { Lock, RLock } from '../sync/index.ts'

/*
 * Which array has which lock. Not in the array itself: it is one of the language's own.
 */

const locks = new WeakMap<object, Lock | RLock>()
const arrays = new WeakMap<Lock | RLock, WeakRef<object>[]>()

/** The lock of a shared array, `undefined` for anything else. */
export function lockOfArray(value: object): Lock | RLock | undefined {
  return locks.get(value)
}

/** An array of this thread that has this lock: where it comes back, it is the one that went. */
export function findArray(lock: Lock | RLock, isIt: (array: object) => boolean): object | undefined {
  const alive = (arrays.get(lock) ?? []).filter(reference => reference.deref() !== undefined)
  arrays.set(lock, alive)
  return alive.map(reference => reference.deref()).find(array => array !== undefined && isIt(array))
}

/** One function for all, as an own property that does not show: a class of its own would slow down its methods. */
function getLock(this: object): Lock | RLock {
  const lock = locks.get(this)
  if (!lock) throw createError('WITHOUT_LOCK', { what: 'this array' })
  return lock
}

/** Gives an array its lock and `getLock()`. */
export function withLock<A extends object>(array: A, lock: Lock | RLock | undefined): A {
  if (!lock) return array
  locks.set(array, lock)
  arrays.set(lock, [...(arrays.get(lock) ?? []), new WeakRef(array)])
  return Object.defineProperty(array, 'getLock', { value: getLock })
}

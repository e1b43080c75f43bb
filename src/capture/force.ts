import { checkFunction } from '../base/index.ts'

/** How a function is made to travel, whatever would be chosen otherwise. */
const forced = new WeakMap<Function, 'reference' | 'value'>()

export function forcedWay(fn: Function): 'reference' | 'value' | undefined {
  return forced.get(fn)
}

/**
 * Makes a function travel by reference only: the worker imports its module. Refused at the call where it is not an
 * export of a module, instead of sent by value.
 *
 * @param fn The function or class; it is given back.
 * @throws `UsageError` `NOT_A_FUNCTION`. The call that sends it throws `CaptureError` `CANNOT_CAPTURE`.
 *
 * Semantics: beyond Python, which knows no other way.
 * @example
 * import { basename } from 'node:path'
 * export const work = byReference(basename)
 */
export function byReference<F extends (...args: never[]) => unknown>(fn: F): F {
  return force(fn, 'reference', 'byReference()')
}

/**
 * Makes a function travel by value: its text and the variables that it uses as they are now, although its module
 * exports it. For a module whose top level must not run in a worker.
 *
 * @param fn The function or class; it is given back.
 * @throws `UsageError` `NOT_A_FUNCTION`.
 *
 * Semantics: beyond Python; cloudpickle's `register_pickle_by_value` does it for a whole module.
 * @example
 * let rate = 0.25
 * export const tax = byValue(price => price * rate)
 */
export function byValue<F extends (...args: never[]) => unknown>(fn: F): F {
  return force(fn, 'value', 'byValue()')
}

function force<F>(fn: F, way: 'reference' | 'value', where: string): F {
  checkFunction(where, fn)
  forced.set(fn, way)
  return fn
}

import { createError, describe } from '../base/index.ts'

/*
 * A task that gives a buffer away says so: its result is moved instead of copied. Which objects go with which
 * result is remembered beside it, so that the result itself stays what the task returned.
 */
const lists = new WeakMap<object, readonly unknown[]>()

/**
 * Marks a task's result so that the objects in `list` are handed over instead of copied (between threads; between
 * processes they are copied). Beyond Python; like `postMessage`'s second argument.
 * @param value what the task returns: an object, array or buffer
 * @param list `ArrayBuffer`s, `MessagePort`s and the like, anywhere in the value
 * @returns the same value
 * Errors: `WRONG_OPTION`.
 * @example
 * import { ThreadPool, transfer } from 'manycore'
 * const pool = new ThreadPool(1)
 * const pixels = await pool.apply(() => {
 *   const data = new Uint8Array(1024)
 *   return transfer(data, [data.buffer])
 * })
 * pixels.length   // 1024
 * await pool.terminate()
 */
export function transfer<T extends object>(value: T, list: readonly unknown[]): T {
  refuseUnless(typeof value === 'object' && value !== null, 'value', value, 'an object, array or buffer')
  refuseUnless(Array.isArray(list), 'list', list, 'an array of what is handed over')
  lists.set(value, list)
  return value
}

function refuseUnless(holds: boolean, option: string, value: unknown, expected: string): void {
  if (!holds) throw createError('WRONG_OPTION', { where: 'transfer', option, got: describe(value), expected })
}

/** What goes with this result. */
export function transferListOf(value: unknown): readonly unknown[] | undefined {
  return typeof value === 'object' && value !== null ? lists.get(value) : undefined
}

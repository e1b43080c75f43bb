/** Runs `fn` without the experimental warning that Node prints at the first use of some features. */
export function quietly<R>(fn: () => R): R {
  const { emitWarning } = process
  const quiet = (...args: unknown[]): void => {
    const type = typeof args[1] === 'object' ? (args[1] as { type?: string } | null)?.type : args[1]
    if (type !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, args)
  }
  process.emitWarning = quiet as typeof process.emitWarning
  const restore = (): void => {
    if (process.emitWarning === quiet) process.emitWarning = emitWarning
  }
  let result: R
  try {
    result = fn()
  } catch (error) {
    restore()
    throw error
  }
  if (result instanceof Promise) return result.finally(restore) as R
  restore()
  return result
}

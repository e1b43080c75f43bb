/** Runs `fn` without the experimental warning that Node prints at the first use of some features. */
export function quietly<R>(fn: () => R): R {
  const emitWarning = Reflect.get(process, 'emitWarning')
  const quiet = (...args: unknown[]): void => {
    const type = isObject(args[1]) ? args[1]['type'] : args[1]
    if (type !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, args)
  }
  process.emitWarning = quiet
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

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

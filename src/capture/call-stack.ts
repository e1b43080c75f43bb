import { pathToFileURL } from 'node:url'

/** The calls that led here, nearest first, as the engine has them. None under `--frozen-intrinsics`. */
export function callsAbove(most: number, above?: Function): readonly NodeJS.CallSite[] {
  const { stackTraceLimit } = Error
  const prepareStackTrace: unknown = Reflect.get(Error, 'prepareStackTrace')
  const asSites = (_: Error, all: readonly NodeJS.CallSite[]): unknown => all
  try {
    if (!Reflect.set(Error, 'stackTraceLimit', most)) return []
    if (!Reflect.set(Error, 'prepareStackTrace', asSites)) return []
    const marked: { stack?: readonly NodeJS.CallSite[] } = {}
    Error.captureStackTrace(marked, above)
    return marked.stack ?? []
  } finally {
    Reflect.set(Error, 'prepareStackTrace', prepareStackTrace)
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit)
  }
}

/** The address of a script by the name that calls have for it: CommonJS files go by their path. */
export function scriptUrl(name: string): string {
  return /^([/\\]|[a-z]:\\)/i.test(name) ? pathToFileURL(name).href : name
}

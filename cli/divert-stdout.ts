import { syncBuiltinESMExports } from 'node:module'

/**
 * Results own stdout: from now on what this thread's code prints there goes to stderr. The command writes to the
 * descriptor itself.
 *
 * The stream is replaced, not its `write`: to look at `process.stdout` makes a stream, and that has everybody's writes to
 * the same pipe fail while it is full, instead of wait.
 * @returns what undoes it
 */
export function divertStdout(): () => void {
  const before = Object.getOwnPropertyDescriptor(process, 'stdout') as PropertyDescriptor
  Object.defineProperty(process, 'stdout', { ...before, get: () => process.stderr })
  // Something that was loaded before may have printed already, or have a name for it; else both look it up later.
  Reflect.set(console, '_stdout', process.stderr)
  syncBuiltinESMExports()
  return () => void Object.defineProperty(process, 'stdout', before)
}

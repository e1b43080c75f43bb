import { fileURLToPath } from 'node:url'
import { createError, describe } from '../base/index.ts'

let executable: string | undefined

/**
 * Starts processes from now on with another Node than this program's. Python: `set_executable`.
 * @param path a path or a `file:` URL; `undefined` goes back to this program's own
 * Errors: `WRONG_OPTION`.
 * @example
 * import { setExecutable } from 'manycore'
 * setExecutable(process.execPath)
 */
export function setExecutable(path: string | URL | undefined): void {
  if (path !== undefined && path !== '' && typeof path !== 'string' && !isFileUrl(path)) {
    throw createError('WRONG_OPTION', {
      where: 'setExecutable',
      option: 'path',
      got: describe(path),
      expected: 'a path or a file: URL',
    })
  }
  executable = path instanceof URL ? fileURLToPath(path) : path || undefined
}

/** What was set; `undefined` for this program's own. */
export function executablePath(): string | undefined {
  return executable
}

function isFileUrl(value: unknown): value is URL {
  return value instanceof URL && value.protocol === 'file:'
}

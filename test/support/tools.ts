import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'

/**
 * The full path of a program of this machine, or `undefined`. A test that needs one is skipped without it.
 * @example test('talks to Python', { skip: findTool('python3') ? false : 'python3 was not found' }, …)
 */
export function findTool(name: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const file = join(folder, process.platform === 'win32' ? `${name}.exe` : name)
    try {
      accessSync(file, constants.X_OK)
      return file
    } catch {
      // Not in this folder.
    }
  }
  return undefined
}

/** Why there is no native code here (koffi and its binary for this machine are optional), or `false`. For `skip`. */
export function noNativeCode(): string | false {
  if (process.env['MANYCORE_MEMORY'] === 'none') return 'MANYCORE_MEMORY is none'
  try {
    createRequire(import.meta.url)('koffi')
    return false
  } catch (error) {
    return `koffi does not load: ${(error as Error).message.split('\n')[0]}`
  }
}

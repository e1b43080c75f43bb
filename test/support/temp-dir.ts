import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A folder of a test. */
export interface TempDir {
  readonly path: string
  /** Writes a file into it, making the folders on the way; gives its full path. */
  write(name: string, content: string | Uint8Array): string
  /** Removes it now rather than at the end of the process. */
  remove(): void
}

const made = new Set<string>()
process.once('exit', () => made.forEach(removeDir))

/** Makes an empty folder that is removed when this process ends. */
export function tempDir(): TempDir {
  // The real path, because module URLs have the links in it resolved and tests compare them.
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'manycore-test-')))
  made.add(path)
  return {
    path,
    write(name, content) {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    remove: () => removeDir(path),
  }
}

function removeDir(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  made.delete(path)
}

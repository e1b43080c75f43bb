import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Item } from './inputs.ts'

/**
 * Every file below a directory, hidden ones too, sorted by name within each directory, so that two runs agree.
 * Symbolic links are left out: no file comes twice, no circle is walked. Holds the names of the directories on the
 * way to the current one, never the whole tree. A directory that can't be read becomes an item with its error.
 */
export async function* filesBelow(root: string): AsyncGenerator<Item> {
  const ahead: { path: string; isDirectory: boolean }[] = [{ path: root, isDirectory: true }]
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    if (!next.isDirectory) {
      yield { input: next.path }
      continue
    }
    let entries: Dirent[]
    try {
      entries = await readdir(next.path, { withFileTypes: true })
    } catch (error) {
      yield { input: next.path, error }
      continue
    }
    entries.sort((a, b) => (a.name < b.name ? 1 : -1))
    for (const entry of entries) {
      if (!entry.isDirectory() && !entry.isFile()) continue
      ahead.push({ path: join(next.path, entry.name), isDirectory: entry.isDirectory() })
    }
  }
}

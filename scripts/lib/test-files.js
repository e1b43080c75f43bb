// @ts-check
import { existsSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the package. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The built test files, in order of their names. `filters` keep those whose path holds one of them.
 * A built file whose source is gone is left over from an earlier build and not run.
 * @param {readonly string[]} filters
 */
export function findTestFiles(filters = []) {
  const built = join(ROOT, 'dist', 'test')
  if (!existsSync(built)) return []
  return readdirSync(built, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.js'))
    .filter(name => existsSync(join(ROOT, 'test', name.replace(/\.js$/, '.ts'))))
    .filter(name => filters.length === 0 || filters.some(filter => join('test', name).includes(filter)))
    .map(name => join(built, name))
    .toSorted()
}

/** `test/pool/pool.test.ts`: a built test file by the name of its source. @param {string} file */
export function sourceName(file) {
  return relative(join(ROOT, 'dist'), file).split(sep).join('/').replace(/\.js$/, '.ts')
}

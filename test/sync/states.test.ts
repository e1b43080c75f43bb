import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type StateTable, TABLES } from '../../src/sync/states.ts'

const ROOT = new URL('../../../', import.meta.url)
const load = async <T>(script: string): Promise<T> => (await import(new URL(script, ROOT).href)) as T
const { firstDifference } = await load<{
  firstDifference: (page: string, text: string) => string | undefined
}>('scripts/lib/generated-page.js')
const { syncPage } = await load<{ syncPage: (tables: readonly StateTable[]) => string }>(
  'scripts/lib/sync-page.js',
)
const { tableProblems } = await load<{ tableProblems: (table: StateTable) => string[] }>(
  'scripts/lib/states-page.js',
)

test('docs/internals/sync.md shows the tables (if not: node scripts/sync-states.js)', () => {
  const page = readFileSync(new URL('docs/internals/sync.md', ROOT), 'utf8')
  assert.equal(firstDifference(page, syncPage(TABLES)), undefined)
})

test('the tables hold together', () => {
  for (const table of TABLES) assert.deepEqual(tableProblems(table), [])
})

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { ERRORS } from '../../src/base/index.ts'

interface StateTable {
  readonly states: readonly string[]
  readonly transitions: readonly { from: string; event: string; to: string; note: string }[]
}

const ROOT = new URL('../../../', import.meta.url)
const load = async <T>(script: string): Promise<T> => (await import(new URL(script, ROOT).href)) as T
const { errorsPage } = await load<{ errorsPage: (errors: unknown) => string }>('scripts/lib/errors-page.js')
const { statesPage, tableProblems } = await load<{
  statesPage: (tables: readonly { title: string; about: string; table: StateTable }[]) => string
  tableProblems: (name: string, table: StateTable) => string[]
}>('scripts/lib/states-page.js')

suite('docs/errors.md', () => {
  const page = readFileSync(new URL('docs/errors.md', ROOT), 'utf8')

  test('has every code of the table and no other', () => {
    const codes = [...page.matchAll(/^## (.+)$/gm)].map(match => match[1])
    assert.deepEqual(codes, Object.keys(ERRORS))
  })

  test('says what the table says (if not: node scripts/errors.js)', () => {
    assert.equal(page, errorsPage(ERRORS))
  })

  test('shows each text with its fields, and the remedy', () => {
    const row = {
      family: { name: 'UsageError' },
      text: (f: { what: string }) => `no ${f.what} here`,
      fix: 'Give <one>.',
    }
    const made = errorsPage({ NO_THING: row })
    assert.match(made, /\| `UsageError` \| \[NO_THING\]\(#no_thing\) \|/)
    assert.match(made, /## NO_THING\n\n`UsageError`\n\n```text\nno ‹what› here\n```\n\nGive \\<one\\>\.\n/)
  })
})

suite('docs/internals/states.md', () => {
  const door: StateTable = {
    states: ['shut', 'open', 'walled-up'],
    transitions: [
      { from: 'shut', event: 'push', to: 'open', note: 'it creaks' },
      { from: 'open', event: 'pull', to: 'shut', note: 'it bangs | and shakes' },
      { from: 'open', event: 'wind', to: 'shut', note: '' },
      { from: 'shut', event: 'mason', to: 'walled-up', note: 'for ever' },
    ],
  }

  test('draws a table as a diagram and as rows', () => {
    const page = statesPage([{ title: 'A door', about: 'Wood.', table: door }])
    assert.match(page, /\n## A door\n\nWood\.\n/)
    assert.match(page, /\[\*\] --> shut\n {2}state "walled-up" as walled_up\n {2}shut --> open: push\n/)
    assert.match(
      page,
      / {2}open --> shut: pull, wind\n {2}shut --> walled_up: mason\n {2}walled_up --> \[\*\]\n/,
    )
    assert.match(page, /\| open \| pull \| shut \| it bangs \\\| and shakes \|\n/)
  })

  test('refuses a table that does not hold together', () => {
    assert.deepEqual(tableProblems('DOOR', door), [])
    const torn: StateTable = {
      states: ['shut', 'open', 'lost'],
      transitions: [
        { from: 'shut', event: 'push', to: 'opn', note: '' },
        { from: 'shut', event: 'push', to: 'open', note: '' },
      ],
    }
    assert.deepEqual(tableProblems('DOOR', torn), [
      'DOOR: opn is not in the list of states',
      'DOOR: nothing leads to lost',
      'DOOR: shut on push is there twice',
    ])
  })

  const tables = new URL('dist/src/pool/plan-table.js', ROOT)
  const skip = existsSync(tables) ? false : 'the pool has no table of states yet'
  test('says what the tables say (if not: node scripts/states.js)', { skip, timeout: 5000 }, async () => {
    const page = readFileSync(new URL('docs/internals/states.md', ROOT), 'utf8')
    const { TASK_STATES, WORKER_STATES } = await load<Record<'TASK_STATES' | 'WORKER_STATES', StateTable>>(
      'dist/src/pool/plan-table.js',
    )
    for (const [name, table] of Object.entries({ TASK_STATES, WORKER_STATES })) {
      assert.deepEqual(tableProblems(name, table), [])
      for (const { from, event, to } of table.transitions) {
        assert.ok(page.includes(`| ${from} | ${event} | ${to} |`), `${name}: ${from} on ${event} to ${to}`)
      }
    }
    const rows = TASK_STATES.transitions.length + WORKER_STATES.transitions.length
    assert.equal([...page.matchAll(/^\| (?!from|---)/gm)].length, rows)
  })
})

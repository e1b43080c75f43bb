import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { ERRORS } from '../../src/base/index.ts'
import { type StateTable, TASK_STATES, WORKER_STATES } from '../../src/pool/plan-table.ts'

const ROOT = new URL('../../../', import.meta.url)
const load = async <T>(script: string): Promise<T> => (await import(new URL(script, ROOT).href)) as T
const { firstDifference } = await load<{
  firstDifference: (page: string, text: string) => string | undefined
}>('scripts/lib/generated-page.js')
const { errorsPage } = await load<{ errorsPage: (errors: unknown) => string }>('scripts/lib/errors-page.js')
const { statesPage, tableProblems } = await load<{
  statesPage: (tables: readonly Table[]) => string
  tableProblems: (table: Table) => string[]
}>('scripts/lib/states-page.js')

type Table = StateTable<string, string>

suite('docs/errors.md', () => {
  const page = readFileSync(new URL('docs/errors.md', ROOT), 'utf8')

  test('has every code of the table and no other', () => {
    const codes = [...page.matchAll(/^## (.+)$/gm)].map(match => match[1])
    assert.deepEqual(codes, Object.keys(ERRORS))
  })

  test('says what the table says (if not: node scripts/errors.js)', () => {
    assert.equal(firstDifference(page, errorsPage(ERRORS)), undefined)
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
  const door: Table = {
    title: 'A door',
    states: ['shut', 'open', 'walled-up'],
    transitions: [
      { from: 'shut', event: 'push', to: 'open', note: 'it creaks' },
      { from: 'open', event: 'pull', to: 'shut', note: 'it bangs | and shakes' },
      { from: 'open', event: 'wind', to: 'shut', note: '' },
      { from: 'shut', event: 'mason', to: 'walled-up', note: 'for ever' },
    ],
  }

  test('draws a table as a diagram and as rows', () => {
    const page = statesPage([door])
    assert.match(page, /\n## A door\n\n```mermaid\n/)
    assert.match(page, /\[\*\] --> shut\n {2}state "walled-up" as walled_up\n {2}shut --> open: push\n/)
    assert.match(
      page,
      / {2}open --> shut: pull, wind\n {2}shut --> walled_up: mason\n {2}walled_up --> \[\*\]\n/,
    )
    assert.match(page, /\| open \| pull \| shut \| it bangs \\\| and shakes \|\n/)
  })

  test('refuses a table that does not hold together', () => {
    assert.deepEqual(tableProblems(door), [])
    const torn: Table = {
      title: 'A torn one',
      states: ['shut', 'open', 'lost'],
      transitions: [
        { from: 'shut', event: 'push', to: 'opn', note: '' },
        { from: 'shut', event: 'push', to: 'open', note: '' },
      ],
    }
    assert.deepEqual(tableProblems(torn), [
      'A torn one: opn is not in the list of states',
      'A torn one: nothing leads to lost',
      'A torn one: shut on push is there twice',
    ])
  })

  test('says what the tables say (if not: node scripts/states.js)', () => {
    const page = readFileSync(new URL('docs/internals/states.md', ROOT), 'utf8')
    assert.deepEqual([TASK_STATES, WORKER_STATES].flatMap(tableProblems), [])
    assert.equal(firstDifference(page, statesPage([TASK_STATES, WORKER_STATES])), undefined)
  })
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'

interface Row {
  readonly number: number
  readonly area: string
  readonly about: string
  readonly kind: 'literal' | 'adapted' | 'not-applicable'
  readonly how?: string
}
interface Line {
  readonly row: Row
  readonly verdict: string
  readonly kinds: readonly string[]
  readonly files: readonly string[]
  readonly failed: readonly string[]
}
interface Table {
  numbersOf(name: string): number[]
  conformanceLines(matrix: readonly Row[], files: unknown): { lines: Line[]; unknown: string[] }
  conformancePage(lines: readonly Line[]): string
  summary(lines: readonly Line[]): string
}

const ROOT = new URL('../../../', import.meta.url)
const table = (await import(new URL('scripts/lib/conformance-table.js', ROOT).href)) as Table
const matrix = JSON.parse(readFileSync(new URL('test/conformance/matrix.json', ROOT), 'utf8')) as Row[]

test('the matrix has each number once, in order, and says how or why where it must', () => {
  assert.deepEqual(
    matrix.map(row => row.number),
    Array.from({ length: 274 }, (_, index) => index + 1),
  )
  for (const { number, kind, how, about, area } of matrix) {
    assert.ok(['literal', 'adapted', 'not-applicable'].includes(kind), `C${number}`)
    assert.equal(how !== undefined && how.length > 0, kind !== 'literal', `C${number}`)
    assert.ok(about.length > 10 && area.length > 0, `C${number}`)
  }
})

test('a name carries the numbers that it starts with', () => {
  assert.deepEqual(table.numbersOf('C9 terminate'), [9])
  assert.deepEqual(table.numbersOf('C9 C10 terminate and kill, not C11'), [9, 10])
  assert.deepEqual(table.numbersOf('terminate C9'), [])
  assert.deepEqual(table.numbersOf('C9x'), [])
})

suite('a line of the table', () => {
  const rows: Row[] = [
    { number: 1, area: 'A', about: 'the first thing', kind: 'literal' },
    { number: 2, area: 'A', about: 'the second thing', kind: 'adapted', how: 'by other means' },
    { number: 3, area: 'B', about: 'the third | thing', kind: 'not-applicable', how: 'no fork' },
  ]
  const result = (outcome: string, ...path: string[]) => ({
    path,
    outcome,
    suite: false,
    ms: 1,
    error: undefined,
  })
  const lines = (...results: ReturnType<typeof result>[]) =>
    table.conformanceLines(rows, [{ source: 'test/x.test.ts', results }])

  test('passes when every test with its number passes, and shows the kinds', () => {
    const [one, two] = lines(
      result('pass', 'threads', 'C1 C2 both'),
      result('pass', 'processes', 'inner', 'C1 again'),
      result('skipped', 'processes', 'C2 later'),
    ).lines
    assert.deepEqual(
      [one?.verdict, one?.kinds, one?.files],
      ['passes', ['threads', 'processes'], ['test/x.test.ts']],
    )
    assert.deepEqual([two?.verdict, two?.kinds], ['passes', ['threads']])
  })

  test('fails when one of its tests fails or is cancelled, and names it', () => {
    const [one] = lines(result('pass', 'threads', 'C1 a'), result('cancelled', 'processes', 'C1 a')).lines
    assert.deepEqual([one?.verdict, one?.failed], ['fails', ['test/x.test.ts: processes › C1 a']])
  })

  test('is missing without a test that ran, unless it does not apply', () => {
    const { lines: made } = lines(result('skipped', 'C1 a'), result('todo', 'C2 b'))
    assert.deepEqual(
      made.map(line => line.verdict),
      ['missing', 'missing', 'does not apply'],
    )
  })

  test('a number that the matrix lacks is reported', () => {
    assert.deepEqual(lines(result('pass', 'C7 what')).unknown, ['C7 in test/x.test.ts: C7 what'])
  })

  test('the page has a row for each, under its area', () => {
    const made = lines(result('pass', 'threads', 'C1 a'), result('pass', 'C2 b')).lines
    const page = table.conformancePage(made)
    assert.match(page, /## A\n\n.*\n.*\n\| C1 \| the first thing \| passes \| threads \|\n/)
    assert.match(page, /\| C2 \| the second thing \| passes, adapted: by other means \| {2}\|\n/)
    assert.match(page, /## B\n\n.*\n.*\n\| C3 \| the third \\\| thing \| does not apply: no fork \| {2}\|\n/)
    assert.match(
      table.summary(made),
      /1 pass as they are, 1 pass adapted, 0 fail, 0 are not there yet, 1 do not apply/,
    )
  })
})

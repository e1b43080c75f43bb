import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import * as wire from '../../src/wire/index.ts'

const ROOT = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/internals/wire.md', ROOT), 'utf8')
const source = readFileSync(new URL('src/wire/messages.ts', ROOT), 'utf8')

/** The constants of a source, in order, with their values. */
function constantsOf(text: string): [name: string, value: string][] {
  return [...text.matchAll(/^export const ([A-Z_]+) = (\d+)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ])
}

/** The words that a page explains in tables of `word`, number, …, in order. */
function explained(text: string): [name: string, value: string][] {
  return [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| \S/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ])
}

suite('docs/internals/wire.md', () => {
  test('the source is read as it runs', () => {
    const numbers = Object.entries(wire).filter(([, value]) => typeof value === 'number')
    const read = constantsOf(source).map(([name, value]) => [name, Number(value)])
    assert.deepEqual(Object.fromEntries(read), Object.fromEntries(numbers))
  })

  test('every message, bit and ending has its row, with its number, in the order of the source', () => {
    const rows = constantsOf(source).filter(([name]) => name !== 'STRIDE')
    assert.deepEqual(explained(page), rows)
  })

  test('names the constant that is in no table', () => assert.match(page, /`STRIDE`/))

  test('a row without an explanation is no row', () => {
    assert.deepEqual(explained('| `BOOT` | 0 |  |\n| `READY` | 0 | pid |'), [['READY', '0']])
  })
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { HEADER, RECORD, RECORD_WORDS, UNITS_PER_BLOCK } from '../../src/memory/arena-layout.ts'
import { ROUTE } from '../../src/memory/routes.ts'
import * as seat from '../../src/memory/seat-layout.ts'
import { SLOTS } from '../../src/memory/seat-table.ts'
import { TREE_BLOCKS } from '../../src/memory/arena-file.ts'

const page = readFileSync(new URL('../../../docs/internals/memory.md', import.meta.url), 'utf8')

/** The rows of the table below this heading: number and name. */
function rows(heading: string): [string, number][] {
  const part = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return [...part.matchAll(/^\| (\d+) \| `(\w+)` \| \S.* \| \S.* \|$/gm)].map(([, at, name = '']) => [
    name,
    Number(at),
  ])
}

/** Leaves aside the entries that say how many words something has. */
function words(layout: Readonly<Record<string, unknown>>): [string, number][] {
  return Object.entries(layout)
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number')
    .filter(([name]) => !/(Words|_WORDS|_BYTES|^words)$/.test(name) || name === 'words')
    .toSorted((a, b) => a[1] - b[1])
}

suite('docs/internals/memory.md', () => {
  test('header', () => assert.deepEqual(rows('Header of an arena'), words(HEADER)))
  test('seats', () => assert.deepEqual(rows('Seats'), words(seat)))
  test('records', () => assert.deepEqual(rows('Blocks, units and records'), words(RECORD)))
  test('control cell', () => {
    const { mark, first } = ROUTE
    assert.deepEqual(rows('Control cell of a segment'), words({ mark, first }))
  })

  test('no two fields overlap, and all fit', () => {
    const { LIFE, LIFE_WORDS, SEAT_WORDS, NUMBER, BELL_MARK } = seat
    assert.ok(LIFE + LIFE_WORDS <= NUMBER && BELL_MARK < SEAT_WORDS)
    assert.ok(HEADER.id + HEADER.idWords <= HEADER.seatsUsed)
    assert.ok(RECORD.holders + RECORD.holderWords <= RECORD.pinned && RECORD.pinned < RECORD_WORDS)
  })

  test('the numbers in the text', () => {
    const written = (number: number): string => number.toLocaleString('en')
    assert.match(page, new RegExp(`${written(SLOTS)} slots of ${seat.SEAT_WORDS} words`))
    assert.match(page, new RegExp(`${TREE_BLOCKS} blocks of ${written(UNITS_PER_BLOCK)} units`))
    assert.match(page, new RegExp(`${written(TREE_BLOCKS * UNITS_PER_BLOCK)} of the smallest cells`))
    assert.match(page, new RegExp(`the first ${RECORD.holderWords * 32} slots`))
  })
})

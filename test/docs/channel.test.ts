import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import * as layout from '../../src/channel/layout.ts'
import * as tags from '../../src/channel/tags.ts'

const ROOT = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/internals/channel.md', ROOT), 'utf8')

/** The constants of a source, in order, as they are written. */
function constantsOf(file: string): [name: string, value: string][] {
  const text = readFileSync(new URL(`src/channel/${file}`, ROOT), 'utf8')
  return [...text.matchAll(/^export const (\w+) = (\w+)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ])
}

/** The rows of the page's tables, in order. */
const explained = [...page.matchAll(/^\| `(\w+)` \| (\w+) \| \S/gm)].map(([, name = '', value = '']) => [
  name,
  value,
])

suite('docs/internals/channel.md', () => {
  test('the sources are read as they run', () => {
    for (const [file, module] of [
      ['layout.ts', layout],
      ['tags.ts', tags],
    ] as const) {
      const read = constantsOf(file).map(([name, value]) => [name, Number(value)])
      assert.deepEqual(Object.fromEntries(read), { ...module })
    }
  })

  test('every word, value and tag has its row, in the order of the source', () => {
    assert.deepEqual(explained, [...constantsOf('layout.ts'), ...constantsOf('tags.ts')])
  })

  test('no two words of a cell are the same', () => {
    const text = readFileSync(new URL('src/channel/layout.ts', ROOT), 'utf8')
    const ring = text.slice(0, text.indexOf('RING_WORDS'))
    const numbers = [...ring.matchAll(/^export const (\w+) = (\d+)$/gm)].flatMap(([, name = '', value]) =>
      name.endsWith('_LANES') ? [Number(value), Number(value) + 1] : [Number(value)],
    )
    assert.equal(new Set(numbers).size, numbers.length)
  })
})

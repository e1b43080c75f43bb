import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { test } from 'node:test'
import { byReference, byValue, capture, explain } from '../../src/capture/index.ts'
import { CaptureError } from '../../src/base/index.ts'

const can = { transfer: true, share: true }

const rate = 0.25
const table = { rows: [1, 2, 3], format: (x: number) => `${x}` }
const scale = (x: number) => x * rate

test('explain tells what a function captures, imports and weighs', () => {
  const fn = (x: number) => `${basename(table.format(scale(x)))}${table.rows.length}`
  const { name, root, bytes, refused } = explain(fn)
  assert.equal(name, 'fn')
  assert.equal(refused, undefined)
  assert.equal(root?.way, 'by value')
  assert.match(root?.from ?? '', /explain\.test\.js:\d+:\d+$/)
  assert.deepEqual(
    root?.captures.map(one => [one.name, one.way, one.kind]),
    [
      ['table', 'as data', 'object'],
      ['scale', 'by value', 'function'],
    ],
  )
  const [data, helper] = root?.captures ?? []
  assert.match(data?.declaredAt ?? '', /explain\.test\.ts:\d+:7$/)
  assert.deepEqual(
    data?.captures.map(one => one.name),
    ['table.format'],
  )
  assert.deepEqual(
    helper?.captures.map(one => [one.name, one.kind]),
    [['rate', 'number 0.25']],
  )
  assert.deepEqual(root?.imports, [{ name: 'basename', from: 'node:path#basename' }])
  assert.ok(bytes > 100 && bytes < 2000)
})

test('the report is a tree to read', () => {
  const fn = (x: number) => scale(x) + table.rows.length
  const lines = String(explain(fn)).split('\n')
  assert.match(
    lines[0] ?? '',
    /^fn: function, by value at .*explain\.test\.js:\d+:\d+ \(\d+ bytes\); .* in all/,
  )
  assert.match(lines[1] ?? '', /^├─ scale: function, by value/)
  assert.match(lines[2] ?? '', /^│  └─ rate: number 0\.25, as data \(\d+ bytes\), declared at/)
  assert.match(lines[3] ?? '', /^└─ table: object, as data/)
})

test('explain says why something is refused', () => {
  const promise = Promise.resolve(1)
  const { root, refused } = explain(() => promise)
  assert.equal(root, undefined)
  assert.ok(refused instanceof CaptureError)
  assert.match(String(explain(() => promise)), /can't travel\n.*variable promise/)
})

test('built-in and exported functions', () => {
  assert.equal(explain(Math.sqrt).root?.way, 'built in')
  assert.equal(explain(Math.sqrt).root?.from, 'globalThis.Math.sqrt')
  const exported = explain(capture).root
  assert.equal(exported?.way, 'by reference')
  assert.match(exported?.from ?? '', /capture\.js#capture$/)
})

test('byReference refuses what no worker could import', () => {
  const fn = byReference(() => 1)
  assert.throws(() => capture(fn, 'pool.map', can), { code: 'CANNOT_CAPTURE', kind: 'not an export' })
  assert.equal(explain(byReference(Math.max)).root?.way, 'built in')
})

test('byValue sends an export as text', async () => {
  const url = new URL('../../../test/capture/fixtures/whole.cjs', import.meta.url).href
  const { default: whole } = (await import(url)) as { default: (x: number) => number }
  assert.equal(explain(whole).root?.way, 'by reference')
  assert.equal(byValue(whole), whole)
  assert.equal(explain(whole).root?.way, 'by value')
})

test('not a function', () => {
  for (const call of [explain, byReference, byValue]) {
    assert.throws(() => call(1 as never), { code: 'NOT_A_FUNCTION' })
  }
})

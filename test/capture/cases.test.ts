import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { capture } from '../../src/capture/index.ts'
import { HereSide, ProcessSide, type Side, ThreadSide } from './sides.ts'

/** One row of the case table in `fixtures/`. */
interface Case {
  readonly name: string
  readonly fn: Function
  readonly args?: readonly unknown[]
  readonly expected?: unknown
  readonly throws?: RegExp
  readonly error?: RegExp
  readonly check?: (result: never) => boolean
  readonly kind?: 'class'
  readonly by?: string
  readonly threadOnly?: boolean
}

const FIXTURES = new URL('../../../test/capture/fixtures/', import.meta.url)

async function load(file: string): Promise<readonly Case[]> {
  const { cases } = (await import(new URL(file, FIXTURES).href)) as { cases: readonly Case[] }
  return cases
}

async function run(one: Case, side: Side): Promise<void> {
  const { fn, args = [], expected, throws, error, check, kind } = one
  if (error) {
    assert.throws(
      () => capture(fn, 'pool.map', side.can),
      (thrown: Error & { code?: string }) => {
        assert.equal(thrown.code, 'CANNOT_CAPTURE', thrown.message)
        assert.match(thrown.message, error)
        return true
      },
    )
    return
  }
  if (throws) {
    await assert.rejects(side.call(fn, args), throws)
    return
  }
  const result = await side.call(fn, args)
  if (kind === 'class') assert.equal(typeof result, 'function')
  else if (check) assert.ok(check(result as never))
  else assert.deepEqual(result, expected)
}

const FILES = [
  'cases.mjs',
  'cases.cjs',
  'evaluated.mjs',
  'names.mjs',
  'sharing.mjs',
  'stranger.mjs',
  'class-members.mjs',
  'prototypes.mjs',
  'accessors.mjs',
  'babel.mjs',
  'natives.mjs',
]
const tables = await Promise.all(FILES.map(load))
for (const Make of [HereSide, ThreadSide, ProcessSide]) {
  // One for all tables: each takes its time to start.
  describe(Make.name, { timeout: 60_000 }, () => {
    let side: Side
    before(() => {
      side = new Make()
    })
    after(() => side.close())
    for (const [index, table] of tables.entries()) {
      describe(FILES[index], () => {
        for (const one of table) {
          const skip = one.threadOnly && Make === ProcessSide
          test(one.name, { skip: skip ?? false, timeout: 10_000 }, () => run(one, side))
        }
      })
    }
  })
}

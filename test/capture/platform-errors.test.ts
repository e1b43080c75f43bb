import assert, { AssertionError } from 'node:assert'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import timers from 'node:timers/promises'
import { inspect } from 'node:util'
import { RemoteError } from '../../src/base/index.ts'
import { ProcessSide, type Side, ThreadSide } from './sides.ts'

class Stopped extends DOMException {}
class Failed extends AssertionError {}

type ErrorClass = abstract new (...args: never[]) => Error

/** What Node throws, with the nearest class that a program can name. */
const THROWN: readonly (readonly [name: string, work: () => unknown, Class: ErrorClass])[] = [
  ['a wrong argument', () => path.join(5 as never), TypeError],
  ['a number out of range', () => Buffer.alloc(-1), RangeError],
  ['a signal that is none', () => process.kill(process.pid, 'SIGNONE' as never), TypeError],
  ['an assertion', () => assert.deepStrictEqual({ a: 1 }, { a: 2 }), AssertionError],
  ['a call of the system', () => os.setPriority(99_999_999, 1), Error],
  ['a file that is a folder', () => fs.rmSync('/tmp', {}), Error],
  ['an abort', () => timers.setTimeout(1, 0, { signal: AbortSignal.abort() }), Error],
  [
    'a subclass of DOMException',
    () => {
      throw new Stopped('stop', 'AbortError')
    },
    Stopped,
  ],
  [
    'a subclass of AssertionError',
    () => {
      throw new Failed({ message: 'failed', actual: 1, expected: 2 })
    },
    Failed,
  ],
]

/** The text of an error, and the first line of what a console shows. */
function printed(error: unknown): readonly (string | undefined)[] {
  return [String(error), inspect(error).split('\n')[0]]
}

async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  return assert.fail('it throws')
}

for (const Make of [ThreadSide, ProcessSide]) {
  describe(Make.name, { timeout: 60_000 }, () => {
    let side: Side
    before(() => {
      side = new Make()
    })
    after(() => side.close())

    for (const [name, work, Class] of THROWN) {
      test(`${name}: class, fields and print are as where it was thrown`, async () => {
        const here = (await thrownBy(work)) as Error
        const there = (await thrownBy(() => side.call(work, []))) as Error
        assert.ok(there instanceof Class, inspect(there))
        assert.equal(there.constructor.name, here.constructor.name)
        assert.deepEqual(printed(there), printed(here))
        assert.deepEqual(Object.keys(there), Object.keys(here))
      })
      test(`${name}: the same as it goes on to another`, async () => {
        const here = await thrownBy(work)
        const rethrow = (error: unknown): never => {
          throw error
        }
        const boundTo = rethrow.bind(undefined, await thrownBy(() => side.call(work, [])))
        const there = await thrownBy(() => side.call(boundTo, []))
        assert.ok(there instanceof Class, inspect(there))
        assert.deepEqual(printed(there), printed(here))
      })
      test(`${name}: instanceof holds over there too`, async () => {
        const error = await thrownBy(work)
        assert.equal(await side.call(() => error instanceof Class, []), true)
      })
    }

    test('a class that is named beside its error is one class, the first time too', async () => {
      class Above extends Error {}
      class Own extends Above {}
      const error = new Own('own')
      assert.equal(await side.call(() => error instanceof Own, []), true)
      class Other extends Error {}
      const thrown = Object.assign(new Other('other'), { kind: Other })
      assert.equal(await side.call(() => thrown instanceof thrown.kind, []), true)
      const back = await thrownBy(() =>
        side.call(() => {
          class Late extends Error {}
          throw Object.assign(new Late('late'), { kind: Late })
        }, []),
      )
      assert.ok(back instanceof (back as typeof thrown).kind)
    })

    test('so is one that only the class of an error leads to', async () => {
      class Above extends Error {}
      class Own extends Above {}
      const error = new Own('own')
      assert.equal(await side.call(() => error instanceof Above, []), true)
    })
  })
}

test('a class of the user that can not travel stays a RemoteError', async () => {
  const throwOwn = (): never => {
    const later = Promise.resolve()
    throw new (class Own extends TypeError {
      later(): unknown {
        return later
      }
    })('own')
  }
  const side = new ThreadSide()
  try {
    const error = await thrownBy(() => side.call(throwOwn, []))
    assert.ok(error instanceof RemoteError, inspect(error))
    assert.equal(error.remoteName, 'Own')
  } finally {
    await side.close()
  }
})

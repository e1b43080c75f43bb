import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachKind } from '../support/index.ts'
import { rejection, withExecutor, withPool } from './support.ts'

/*
 * Programs, or a library of theirs, may make of a stack what they like.
 */

const MADE: Readonly<Record<string, (error: Error, sites: NodeJS.CallSite[]) => unknown>> = {
  'call sites': (_, sites) => sites,
  'a record': (_, sites) => ({ sites }),
}

async function preparing<R>(prepare: unknown, run: () => Promise<R>): Promise<R> {
  const before: unknown = Reflect.get(Error, 'prepareStackTrace')
  Reflect.set(Error, 'prepareStackTrace', prepare)
  try {
    return await run()
  } finally {
    Reflect.set(Error, 'prepareStackTrace', before)
  }
}

const work = (): never => {
  throw new RangeError('mine')
}

eachKind(kind => {
  for (const [name, prepare] of Object.entries(MADE)) {
    test(`a program whose stacks are ${name} is told what was thrown`, { timeout: 60_000 }, async () => {
      await withPool(kind, {}, async pool => {
        const errors = await preparing(prepare, () =>
          Promise.all([
            rejection(pool.apply(work)),
            rejection(pool.map(work, [1])),
            rejection(pool.applyAsync(work).get()),
          ]),
        )
        for (const error of errors) assert.ok(error instanceof RangeError && error.message === 'mine')
      })
      await withExecutor(kind, {}, async executor => {
        const error = await preparing(prepare, () => rejection(executor.submit(work)))
        assert.ok(error instanceof RangeError && error.message === 'mine')
      })
    })

    test(`a worker whose stacks are ${name} tells what was thrown`, { timeout: 60_000 }, async () => {
      const initializer = (): void => {
        Error.prepareStackTrace = prepare
      }
      await withPool(kind, { initializer }, async pool => {
        const error = await rejection(pool.apply(work))
        assert.ok(error instanceof RangeError && error.message === 'mine')
        assert.match(String(error['remoteStack']), /^RangeError: mine/)
        if (name === 'call sites') assert.match(String(error['remoteStack']), /\n {4}at .*stacks\.test/)
      })
    })
  }
})

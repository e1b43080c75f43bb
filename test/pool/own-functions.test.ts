import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { suite, test } from 'node:test'
import { inspect } from 'node:util'
import { Future } from 'manycore'
import { deadline, eachKind, runProgram } from '../support/index.ts'
import { rejection, until, withExecutor, withPool } from './support.ts'

/*
 * What the user's own functions do while they are called by a pool: they throw, at once or later, and it goes on.
 */

const limit = { timeout: 60_000 }
const same = (x: unknown): unknown => x

/** What is warned of while `body` runs, in the order it comes. */
async function warnings(body: () => Promise<void>, count: number): Promise<string[]> {
  const heard: string[] = []
  const listen = ({ name, message }: Error): void => void (name === 'ManycoreWarning' && heard.push(message))
  process.on('warning', listen)
  try {
    await body()
    await until(() => heard.length >= count, 'the warnings')
  } finally {
    process.off('warning', listen)
  }
  return heard
}

const failing: readonly (readonly [what: string, fn: () => unknown, says: RegExp])[] = [
  ['throws', () => assert.fail('from here'), /threw: AssertionError.*from here/],
  ['rejects', () => Promise.reject(new Error('from here')), /threw: Error: from here/],
  [
    'throws what has no text',
    () => {
      throw Object.create(null)
    },
    /threw: an object/,
  ],
]

eachKind(kind => {
  for (const [what, fn, says] of failing) {
    test(`a progress function that ${what} stops nothing`, limit, () =>
      withPool(kind, {}, async pool => {
        const heard = await warnings(async () => {
          assert.deepEqual(await pool.map(same, [1, 2, 3], { progress: fn }), [1, 2, 3])
          const stream = pool.imap(same, [1, 2, 3], { progress: fn })
          for await (const value of stream) assert.ok(value)
        }, 2)
        for (const message of heard) assert.match(message, says)
        assert.match(heard[0] as string, /^a progress function threw/)
      }),
    )

    test(`a done callback that ${what} stops nothing`, limit, () =>
      withExecutor(kind, {}, async executor => {
        const heard = await warnings(async () => {
          const future = executor.submit(same, 5)
          let called = false
          future.addDoneCallback(fn)
          future.addDoneCallback(() => {
            called = true
          })
          assert.equal(await future, 5)
          assert.ok(called, 'the next one is called')
        }, 1)
        assert.match(heard[0] as string, says)
      }),
    )
  }

  test('items that can not be shown are mapped, lose their worker and are cancelled as others', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      const items = [1, 2, 3].map(hideous)
      const shown = items.map(({ n }) => ({ n }))
      assert.deepEqual(await pool.map(({ n }) => ({ n }), items), shown)
      assert.equal((await rejection(pool.map(() => process.exit(3), items)))['code'], 'WORKER_DIED')
      const waits = pool.applyAsync((...all: unknown[]) => new Promise(() => all), items)
      waits.cancel()
      assert.equal((await rejection(waits))['code'], 'TASK_CANCELLED')
      assert.deepEqual(await pool.map(({ n }) => ({ n }), items), shown)
    }),
  )

  test('one signal for many calls is no leak', limit, () =>
    withExecutor(kind, {}, async executor => {
      const heard: Error[] = []
      const listen = (warning: Error): void => void heard.push(warning)
      process.on('warning', listen)
      const { signal } = new AbortController()
      const calls = Array.from({ length: 20 }, (_, n) => executor.submitWith({ signal }, same, n))
      const maps = Array.from({ length: 20 }, () => executor.map(same, [1, 2], { signal }).toArray())
      await Promise.all<unknown>([...calls, ...maps])
      await new Promise(resolve => setImmediate(resolve))
      process.off('warning', listen)
      assert.deepEqual(heard, [])
      assert.equal(getEventListeners(signal, 'abort').length, 0)
    }),
  )

  test('concurrent reads of a map end at its first error', limit, () =>
    withExecutor(kind, {}, async executor => {
      for (let round = 0; round < 20; round++) {
        const results = executor.map(n => (n === 2 ? Promise.reject(new Error('two')) : n), [0, 1, 2, 3, 4])
        const steps = await Promise.allSettled(Array.from({ length: 5 }, () => results.next()))
        const words = steps.map(step =>
          step.status === 'rejected' ? 'error' : step.value.done ? 'done' : step.value.value,
        )
        assert.deepEqual(words, [0, 1, 'error', 'done', 'done'])
      }
    }),
  )
})

/** Whoever shows it throws. */
function hideous(n: number): { n: number } {
  const value = (): never => assert.fail('it can not be shown')
  return Object.defineProperty({ n }, inspect.custom, { value, enumerable: false })
}

suite('a future', () => {
  test('polls with a limit leave nothing behind', limit, async () => {
    const { stdout } = await runProgram(
      `import { Future } from 'manycore'
      const future = new Future()
      const used = async polls => {
        for (let round = 0; round < polls; round++) {
          const poll = round % 2 ? future.result({ timeout: 0 }) : future.exception({ timeout: 0 })
          await poll.catch(() => {})
        }
        await new Promise(resolve => setImmediate(resolve))
        gc()
        return process.memoryUsage().heapUsed
      }
      await used(1000)
      const before = await used(10)
      console.log(((await used(10_000)) - before) / 10_000 < 100)`,
      { execArgv: ['--expose-gc'] },
    )
    assert.equal(stdout, 'true\n')
  })

  test('a limited wait hears of its end, well or badly', limit, async () => {
    const [well, badly] = [new Future<number>(), new Future<number>()]
    const waits = [well.result({ timeout: 5000 }), badly.exception({ timeout: 5000 })]
    const thrown = badly.result({ signal: new AbortController().signal })
    well.setResult(4)
    badly.setException(new Error('no'))
    assert.deepEqual((await deadline(Promise.all(waits), 1000, 'both')).map(String), ['4', 'Error: no'])
    assert.match(String(await rejection(thrown)), /no/)
    assert.equal(await well.result({ timeout: 0 }), 4)
  })
})

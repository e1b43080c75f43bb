import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pool } from 'manycore'
import { deadline, eachKind, runProgram, tempDir } from '../support/index.ts'
import { all, makePool, rejection, withPool } from './support.ts'

/*
 * What a wrong call gets: an error that names the thing, with its code, where the call was made; the rest goes on.
 */

const limit = { timeout: 60_000 }
const square = (x: number): number => x * x
/** Types would refuse what these tests do. */
const anything = (value: unknown): never => value as never

interface Wrong {
  readonly what: string
  readonly call: (pool: Pool) => PromiseLike<unknown>
  readonly code: string
  readonly says: RegExp
}

/** What should be refused at the call, thrown or as a rejection. */
async function refusal(pool: Pool, call: Wrong['call']): Promise<Error & Record<string, unknown>> {
  return await rejection((async () => await call(pool))())
}

const WRONG: readonly Wrong[] = [
  {
    what: 'the result of a function instead of the function',
    call: pool => pool.map(anything(square(2)), [1]),
    code: 'NOT_A_FUNCTION',
    says: /mine\.map takes a function, but got 4/,
  },
  {
    what: 'nothing instead of a function',
    call: pool => pool.apply(anything(undefined)),
    code: 'NOT_A_FUNCTION',
    says: /mine\.apply takes a function, but got undefined/,
  },
  {
    what: 'a string instead of a function',
    call: pool => pool.applyAsync(anything('square'), anything([1])),
    code: 'NOT_A_FUNCTION',
    says: /got the string 'square'/,
  },
  {
    what: 'arguments that are no array',
    call: pool => pool.apply(square, anything(5)),
    code: 'WRONG_OPTION',
    says: /mine\.apply: args must be an array, but got 5/,
  },
  {
    what: 'arguments that are an object',
    call: pool => pool.applyAsync(square, anything({ timeout: 5 })),
    code: 'WRONG_OPTION',
    says: /args must be an array, but got an object/,
  },
  {
    what: 'items that are no iterable',
    call: pool => pool.map(square, anything(5)),
    code: 'NOT_ITERABLE',
    says: /mine\.map takes an iterable or async iterable, but got 5/,
  },
  {
    what: 'no items at all',
    call: pool => all(pool.imap(square, anything(undefined))),
    code: 'NOT_ITERABLE',
    says: /mine\.imap .* got undefined/,
  },
  {
    what: 'an option that does not exist',
    call: pool => pool.map(square, [1], anything({ chunkSize: 5 })),
    code: 'UNKNOWN_OPTION',
    says: /mine\.map has no option chunkSize/,
  },
  {
    what: 'an option of another call',
    call: pool => pool.apply(square, [1], anything({ chunksize: 5 })),
    code: 'UNKNOWN_OPTION',
    says: /mine\.apply has no option chunksize/,
  },
  {
    what: 'a chunk size of zero',
    call: pool => pool.map(square, [1], { chunksize: 0 }),
    code: 'WRONG_OPTION',
    says: /chunksize must be a whole number of at least 1, but got 0/,
  },
  {
    what: 'a negative chunk size of a stream',
    call: pool => all(pool.imap(square, [1], { chunksize: -3 })),
    code: 'WRONG_OPTION',
    says: /mine\.imap: chunksize .* got -3/,
  },
  {
    what: 'a buffer of zero',
    call: pool => all(pool.imapUnordered(square, [1], { bufferSize: 0 })),
    code: 'WRONG_OPTION',
    says: /bufferSize must be/,
  },
  {
    what: 'a negative timeout',
    call: pool => pool.apply(square, [1], { timeout: -5 }),
    code: 'WRONG_OPTION',
    says: /timeout must be a positive number of milliseconds, but got -5/,
  },
  {
    what: 'a timeout that is no number',
    call: pool => pool.applyAsync(square, [1], { timeout: anything('5s') }),
    code: 'WRONG_OPTION',
    says: /timeout .* got the string '5s'/,
  },
  {
    what: 'retries that are no whole number',
    call: pool => pool.apply(square, [1], { retries: 1.5 }),
    code: 'WRONG_OPTION',
    says: /retries must be a whole number of at least 0, but got 1.5/,
  },
  {
    what: 'a priority that is no number',
    call: pool => pool.apply(square, [1], { priority: anything('high') }),
    code: 'WRONG_OPTION',
    says: /priority must be a number/,
  },
  {
    what: 'a signal that is none',
    call: pool => pool.apply(square, [1], { signal: anything(new AbortController()) }),
    code: 'WRONG_OPTION',
    says: /signal must be an AbortSignal, but got an AbortController/,
  },
  {
    what: 'a signal of applyAsync that is none',
    call: pool => pool.applyAsync(square, [1], { signal: anything(5) }),
    code: 'WRONG_OPTION',
    says: /signal must be an AbortSignal, but got 5/,
  },
  {
    what: 'a signal of mapAsync that is none',
    call: pool => pool.mapAsync(square, [1], { signal: anything({}) }),
    code: 'WRONG_OPTION',
    says: /signal must be an AbortSignal/,
  },
  {
    what: 'options that are no object',
    call: pool => pool.apply(square, [1], anything(5)),
    code: 'WRONG_OPTION',
    says: /mine\.apply: options must be an object, but got 5/,
  },
  {
    what: 'options of null',
    call: pool => pool.map(square, [1], anything(null)),
    code: 'WRONG_OPTION',
    says: /mine\.map: options must be an object, but got null/,
  },
  {
    what: 'items of starmap that are no arrays',
    call: pool => pool.starmap(square, anything([1, 2])),
    code: 'WRONG_OPTION',
    says: /items\[0\] must be an array of arguments, but got 1/,
  },
  {
    what: 'an argument that cannot be cloned',
    call: pool => pool.apply(x => typeof x, [{ deep: [1, { lock: new WeakRef({}) }] }]),
    code: 'CANNOT_CLONE',
    says: /args\[0\]\.deep\[1\]\.lock is a WeakRef/,
  },
  {
    what: 'an item that cannot be cloned',
    call: pool => pool.map(x => typeof x, [1, 2, { when: new WeakRef({}) }, 4]),
    code: 'CANNOT_CLONE',
    says: /items\[2\]\.when is a WeakRef/,
  },
  {
    what: 'a result that cannot be cloned',
    call: pool => pool.apply(() => ({ to: { nowhere: new WeakRef({}) } })),
    code: 'CANNOT_CLONE',
    says: /result\.to\.nowhere/,
  },
]

eachKind(kind => {
  test('wrong calls are refused by name, and the pool goes on', limit, () =>
    withPool(kind, { name: 'mine' }, async pool => {
      for (const { what, call, code, says } of WRONG) {
        const error = await deadline(refusal(pool, call), 5000, what)
        assert.equal(error['code'], code, `${what}: ${error.message}`)
        assert.match(error.message, says, what)
      }
      assert.deepEqual(await pool.map(square, [1, 2, 3]), [1, 4, 9])
      assert.equal(pool.stats().deaths, 0)
    }),
  )

  test('what is refused at the call shows the line of the call', limit, () =>
    withPool(kind, {}, async pool => {
      for (const call of [
        () => pool.map(anything(5), []),
        () => pool.apply(square, anything(5)),
        () => pool.apply(x => x, [new WeakRef({})]),
      ]) {
        const error = await rejection(call())
        assert.match(String(error.stack), /wrong-use\.test/)
      }
    }),
  )

  test('wrong options of a pool are refused by name, and nothing is started', limit, () => {
    type Refused = [options: object | number, code: string, says: RegExp]
    const wrong: Refused[] = [
      [
        { processes: 0 },
        'WRONG_OPTION',
        /Pool: processes must be a whole number of at least 1, or 'auto', but got 0/,
      ],
      [{ processes: '4' }, 'WRONG_OPTION', /processes .* got the string '4'/],
      [{ workers: 4 }, 'UNKNOWN_OPTION', /Pool has no option workers/],
      [{ maxTasksPerChild: -1 }, 'WRONG_OPTION', /maxTasksPerChild/],
      [{ concurrency: 0 }, 'WRONG_OPTION', /concurrency/],
      [{ maxPending: 0 }, 'WRONG_OPTION', /maxPending/],
      [{ idleTimeout: -1 }, 'WRONG_OPTION', /idleTimeout/],
      [{ retries: -1 }, 'WRONG_OPTION', /retries/],
      [{ timeout: 0 }, 'WRONG_OPTION', /timeout/],
      [{ name: 5 }, 'WRONG_OPTION', /name/],
      [{ execArgv: '--flag' }, 'WRONG_OPTION', /execArgv/],
      ...kind.pick<Refused[], Refused[]>(
        [
          [{ env: {} }, 'UNKNOWN_OPTION', /ThreadPool has no option env/],
          [{ resourceLimits: 64 }, 'WRONG_OPTION', /resourceLimits must be an object/],
          [{ resourceLimits: { heap: 64 } }, 'WRONG_OPTION', /resourceLimits .*maxOldGenerationSizeMb/],
        ],
        [
          [{ env: 'A=1' }, 'WRONG_OPTION', /env must be an object, but got the string 'A=1'/],
          [{ resourceLimits: {} }, 'UNKNOWN_OPTION', /Pool has no option resourceLimits/],
        ],
      ),
      [
        { initializer: 'setUp' },
        'NOT_A_FUNCTION',
        /initializer takes a function, but got the string 'setUp'/,
      ],
      [{ initializer: square, initargs: 5 }, 'WRONG_OPTION', /initargs must be an array/],
      [{ initializer: square, initargs: [new WeakRef({})] }, 'CANNOT_CLONE', /initargs\[0\]/],
    ]
    for (const [options, code, says] of wrong) {
      assert.throws(
        () => makePool(kind, options as never),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, code, error.message)
          assert.match(error.message, says)
          return true
        },
      )
    }
    assert.throws(() => new kind.Pool(2, anything(square), anything([1])), {
      code: 'WRONG_OPTION',
      message: /Pool: options must be the only argument: .*, but got 3 arguments/,
    })
    for (const options of [null, 'four', []])
      assert.throws(() => new kind.Pool(anything(options)), { code: /WRONG_OPTION|UNKNOWN_OPTION/ })
  })

  test('one item in the middle that cannot travel fails alone', limit, () =>
    withPool(kind, {}, async pool => {
      for (const chunksize of [undefined, 1, 5]) {
        const items: unknown[] = Array.from({ length: 20 }, (_, i) => (i === 12 ? new WeakRef({}) : i))
        const stream = pool.imap((x: unknown) => x, items, { chunksize })
        for (let i = 0; i < 20; i++) {
          if (i === 12) assert.equal((await rejection(stream.next()))['code'], 'CANNOT_CLONE')
          else assert.equal((await stream.next()).value, i)
        }
        const results = pool.imap(
          (x: number) => (x === 12 ? new WeakRef({}) : x),
          Array.from({ length: 20 }, (_, i) => i),
          {
            chunksize,
          },
        )
        for (let i = 0; i < 20; i++) {
          if (i === 12) assert.equal((await rejection(results.next()))['code'], 'CANNOT_CLONE')
          else assert.equal((await results.next()).value, i)
        }
      }
    }),
  )

  test(
    'a module that can not be loaded in a worker, and an error with a demanding constructor',
    limit,
    async () => {
      class Demanding extends Error {
        readonly detail: string
        constructor(options: { detail: string }) {
          super(`demands ${options.detail}`)
          this.detail = options.detail
        }
      }
      await withPool(kind, {}, async pool => {
        const fails = (): never => {
          throw new Demanding({ detail: 'much' })
        }
        const error = await rejection(pool.apply(fails))
        assert.ok(error instanceof Demanding)
        assert.equal(error.detail, 'much')
        for (const thrown of [undefined, null, 0, 'text', { plain: 1 }]) {
          const throws = (what: unknown): never => {
            throw what
          }
          await pool.apply(throws, [thrown]).then(
            () => assert.fail('it did not reject'),
            caught => assert.deepEqual(caught, thrown),
          )
        }
      })
      const folder = tempDir()
      const { stdout, code } = await runProgram(
        `import { ${kind.pick('ThreadPool', 'Pool')} as Pool } from 'manycore'
       import { inMain } from './only-main.mjs'
       const pool = new Pool(1)
       const error = await pool.apply(inMain).catch(error => error)
       console.log(error.code, error.message.split('\\n')[0])
       console.log(await pool.apply(() => 'goes on'))`,
        {
          files: {
            'only-main.mjs': `import { parentProcess } from 'manycore'
import { isMainThread } from 'node:worker_threads'
if (parentProcess() || !isMainThread) throw new Error('not here')
export const inMain = () => 1`,
          },
        },
      )
      assert.match(stdout, /MODULE_NOT_FOUND .*only-main\.mjs could not be loaded.*not here/)
      assert.match(stdout, /goes on/)
      assert.equal(code, 0)
      folder.remove()
    },
  )
})

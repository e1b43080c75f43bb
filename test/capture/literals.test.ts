import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ThreadPool, ThreadPoolExecutor } from 'manycore'
import { runProgram } from '../support/index.ts'
import { looksDuring } from './looks-during.ts'

/*
 * Functions that are written in the call which hands them over: all that one such call makes are looked at once, where
 * they can't differ.
 */

const limit = { timeout: 60_000 }
const double = (n: number): number => n * 2
let total = 1
const bump = (): number => total++

const pool = new ThreadPool(1)
after(() => pool.terminate())

/** How often the engine is asked when `act` is done for the second and third time, and what came of all three. */
async function looksLater<R>(
  act: (round: number) => R | Promise<R>,
): Promise<{ looks: number; results: R[] }> {
  const first = act(0)
  const later: (R | Promise<R>)[] = []
  const looks = looksDuring(() => later.push(act(1), act(2)))
  return { looks, results: await Promise.all([first, ...later]) }
}

test('one look is enough for a literal that uses parameters and globals', limit, async () => {
  const seen = await looksLater(round => pool.apply((n: number) => Math.max(n, 1) + 1, [round]))
  assert.deepEqual(seen, { looks: 0, results: [2, 2, 3] })
})

test('and for one that uses what its module has for ever', limit, async () => {
  const seen = await looksLater(round => pool.apply((n: number) => double(n), [round]))
  assert.deepEqual(seen, { looks: 0, results: [0, 2, 4] })
})

test('in each method of pools and executors that takes the function first', limit, async () => {
  await using executor = new ThreadPoolExecutor({ maxWorkers: 1 })
  const seen = await looksLater(async round => {
    const all = [
      pool.applyAsync((n: number) => n + 1, [round]),
      pool.map((n: number) => n + 2, [round]),
      pool.starmap((n: number, m: number) => n + m, [[round, 3]]),
      pool.imap((n: number) => n + 4, [round]).next(),
      executor.submit((n: number) => n + 5, round),
      executor.map((n: number) => n + 6, [round]).toArray(),
    ]
    return (await Promise.all(all)).flatMap(one =>
      typeof one === 'object' && 'value' in one ? one.value : one,
    )
  })
  const expected = [0, 1, 2].map(round => [1, 2, 3, 4, 5, 6].map(n => n + round))
  assert.deepEqual(seen, { looks: 0, results: expected })
})

test('whatever kind of function it is, and whatever else the call is given', limit, async () => {
  const seen = await looksLater(round =>
    Promise.all([
      pool.apply(
        function named(n: number) {
          return n + 1
        },
        [round],
      ), // prettier-ignore
      pool.apply(async (n: number) => n + 2, [round], { timeout: 5000 }),
      pool.apply((n: number) => n + 3, [round]),
    ]),
  )
  assert.deepEqual(seen, {
    looks: 0,
    results: [
      [1, 2, 3],
      [2, 3, 4],
      [3, 4, 5],
    ],
  }) // prettier-ignore
})

test('what may differ from one to the next is read each time', limit, async () => {
  for (let i = 0; i < 3; i++) {
    const j = i * 10
    assert.equal(await pool.apply(() => i + j), i + j)
    assert.equal(await pool.apply(() => total), total)
    bump()
  }
})

test(
  'functions that are not written in the call are looked at, though their text is the same',
  limit,
  async () => {
    const handOn = (fn: () => unknown): Promise<unknown> => pool.apply(fn)
    const make =
      (value: string): (() => string) =>
      () =>
        value // prettier-ignore
    assert.deepEqual([await handOn(make('a')), await handOn(make('b'))], ['a', 'b'])
    // One uses a global, the other a variable of the same name.
    const global = (): unknown => typeof structuredClone
    const local = (
      (structuredClone: unknown) => (): unknown =>
        typeof structuredClone
    )(1)
    assert.equal(String(global), String(local))
    for (let round = 0; round < 2; round++)
      assert.deepEqual([await handOn(global), await handOn(local)], ['function', 'number'])
  },
)

test('so are those that the call makes in other ways than by its first argument', limit, async () => {
  const wrap = (fn: () => number): (() => number) => fn
  for (let i = 0; i < 3; i++) {
    assert.equal(await pool.apply(i % 2 ? () => 1 : () => 2), i % 2 ? 1 : 2)
    assert.equal(
      await pool.apply(
        function (this: { i: number }) {
          return this.i
        }.bind({ i }),
      ),
      i,
    ) // prettier-ignore
    assert.equal(
      await pool.apply(
        (
          (n: number) => () =>
            n
        )(i),
      ),
      i,
    )
    const wrapped = await looksLater(() => pool.apply(wrap(() => 1)))
    assert.ok(wrapped.looks > 0)
  }
})

test('what hangs on a function of the module is seen when it changes', limit, async () => {
  const read = (): Promise<unknown> => pool.apply(() => Reflect.get(double, 'extra'))
  assert.equal(await read(), undefined)
  Object.assign(double, { extra: 5 })
  assert.equal(await read(), 5)
  Reflect.deleteProperty(double, 'extra')
  assert.equal(await read(), undefined)
})

test('a name that means nothing is asked for again once the program gives it a meaning', limit, async () => {
  const hoisted = (): unknown => typeof lateSetting
  const read = (): Promise<unknown[]> =>
    Promise.all([pool.apply(hoisted), pool.apply(() => typeof lateSetting)])
  assert.deepEqual(await read(), ['undefined', 'undefined'])
  Object.assign(globalThis, { lateSetting: 5 })
  assert.deepEqual(await read(), ['number', 'number'])
  Reflect.deleteProperty(globalThis, 'lateSetting')
  assert.deepEqual(await read(), ['undefined', 'undefined'])
})

test(
  'a CommonJS file that is loaded again has the variables and the text that it has by now',
  limit,
  async () => {
    const { stdout } = await runProgram(
      `
    const { writeFileSync } = require('node:fs')
    const { ThreadPool } = require('manycore')
    globalThis.made = 0
    const write = round => writeFileSync(__dirname + '/job.cjs', \`
      const made = ++globalThis.made
      exports.go = pool => pool.apply(() => made)
      exports.text = pool => pool.apply(() => 'text \${round}')
    \`)
    const load = () => { delete require.cache[require.resolve('./job.cjs')]; return require('./job.cjs') }
    const pool = new ThreadPool(1)
    ;(async () => {
      for (let round = 0; round < 3; round++) {
        write(round)
        const job = load()
        console.log(await job.go(pool), await job.go(pool), await job.text(pool))
      }
      await pool.terminate()
    })()`,
      { name: 'main.cjs' },
    )
    assert.equal(stdout, '1 1 text 0\n2 2 text 1\n3 3 text 2\n')
  },
)

test('a module that a test runner evaluates twice has its own variables each time', limit, async () => {
  const { stdout } = await runProgram(
    `
    import vm from 'node:vm'
    import { ThreadPool } from 'manycore'
    const pool = new ThreadPool(1)
    globalThis.counted = 0
    for (let round = 0; round < 3; round++) {
      const module = new vm.SourceTextModule(
        'const made = ++globalThis.counted; export const go = pool => pool.apply(() => made)',
        { identifier: new URL('twice.mjs', import.meta.url).href },
      )
      await module.link(() => {})
      await module.evaluate()
      console.log(await module.namespace.go(pool), await module.namespace.go(pool))
    }
    await pool.terminate()`,
    { execArgv: ['--experimental-vm-modules', '--no-warnings'] },
  )
  assert.equal(stdout, '1 1\n2 2\n3 3\n')
})

declare const lateSetting: unknown

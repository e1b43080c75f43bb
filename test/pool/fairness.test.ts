import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { eachKind, tempDir } from '../support/index.ts'
import { until, withPool } from './support.ts'

/*
 * Short tasks don't wait behind a long one while somebody else is free. Nothing here looks at a clock: the long task
 * ends only when the test lets it, which it does after the short ones have come.
 */

const limit = { timeout: 60_000 }
const square = (x: number): number => x * x
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Busy until a file is there: never looks up, as a computation would. */
const busyUntil = async (path: string): Promise<string> => {
  const { existsSync: there } = await import('node:fs')
  while (!there(path));
  return 'long'
}

/** Returns at once for an empty path. */
const sometimes = (path: string): string => {
  if (path !== '') {
    const { existsSync: there } = process.getBuiltinModule('node:fs')
    while (!there(path));
  }
  return path
}
const spin = (ms: number): void => {
  const end = performance.now() + ms
  while (performance.now() < end);
}

eachKind(kind => {
  test('a long task first: all short ones come before it ends', limit, () =>
    withPool(kind, {}, async pool => {
      await until(() => pool.stats().workers.starting === 0, 'both workers')
      const gate = `${tempDir().path}/go`
      const long = pool.apply(busyUntil, [gate])
      const short = range(100).map(n => pool.apply(square, [n]))
      assert.deepEqual(await Promise.all(short), range(100).map(square))
      assert.equal(existsSync(gate), false)
      writeFileSync(gate, '')
      assert.equal(await long, 'long')
    }),
  )

  test(
    'a long task among short ones, when lines have grown: those behind it come before it ends',
    limit,
    () =>
      withPool(kind, {}, async pool => {
        for (let round = 0; round < 5; round++) {
          const gate = `${tempDir().path}/go`
          const early = range(400).map(n => pool.apply(square, [n]))
          await Promise.all(early.slice(0, 200))
          const long = pool.apply(busyUntil, [gate])
          const late = range(50).map(n => pool.apply(square, [n]))
          assert.deepEqual(await Promise.all(late), range(50).map(square))
          assert.deepEqual(await Promise.all(early), range(400).map(square))
          writeFileSync(gate, '')
          assert.equal(await long, 'long')
        }
      }),
  )

  test(
    'results of short tasks that ran before a long one in the same message do not wait for it',
    limit,
    () =>
      withPool(kind, { processes: 1 }, async pool => {
        await Promise.all(range(500).map(n => pool.apply(square, [n])))
        const gate = `${tempDir().path}/go`
        const short = range(20).map(n => pool.apply(square, [n]))
        const long = pool.apply(busyUntil, [gate])
        assert.deepEqual(await Promise.all(short), range(20).map(square))
        writeFileSync(gate, '')
        assert.equal(await long, 'long')
      }),
  )

  test('one function, now short, now long: what is behind it does not wait', limit, () =>
    withPool(kind, {}, async pool => {
      await Promise.all(range(1000).map(() => pool.apply(sometimes, [''])))
      for (let round = 0; round < 3; round++) {
        const gate = `${tempDir().path}/go`
        const before = range(50).map(() => pool.apply(sometimes, ['']))
        const long = pool.apply(sometimes, [gate])
        await Promise.all(range(50).map(() => pool.apply(sometimes, [''])))
        writeFileSync(gate, '')
        assert.equal(await long, gate)
        await Promise.all(before)
      }
    }),
  )

  test('once it has taken long, nothing that is done waits for it', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      await pool.apply(sometimes, [''])
      await pool.apply(spin, [20])
      await Promise.all(range(100).map(() => pool.apply(spin, [0])))
      const gate = `${tempDir().path}/go`
      const first = pool.apply(sometimes, [gate])
      setTimeout(() => writeFileSync(gate, ''), 20)
      await first
      const next = `${tempDir().path}/go`
      const before = range(50).map(() => pool.apply(sometimes, ['']))
      const long = pool.apply(sometimes, [next])
      await Promise.all(before)
      writeFileSync(next, '')
      assert.equal(await long, next)
    }),
  )

  test('a long task among short ones that never end: those behind it come before it ends', limit, () =>
    withPool(kind, {}, async pool => {
      await Promise.all(range(1000).map(n => pool.apply(square, [n])))
      const over = new AbortController()
      const client = async (): Promise<void> => {
        while (!over.signal.aborted) await pool.apply(spin, [0.2])
      }
      const clients = range(300).map(client)
      const gate = `${tempDir().path}/go`
      const long = pool.apply(busyUntil, [gate])
      await Promise.all(range(300).map(() => pool.apply(spin, [0.2])))
      over.abort()
      await Promise.all(clients.slice(0, 100))
      writeFileSync(gate, '')
      assert.equal(await long, 'long')
      await Promise.all(clients)
    }),
  )

  test('a call of a higher priority comes before all that no worker has begun', limit, () =>
    withPool(kind, {}, async pool => {
      await Promise.all(range(1000).map(n => pool.apply(square, [n])))
      // They were quick so far, so workers get many of these, which are not.
      let done = 0
      const slow = range(100).map(() => pool.apply(spin, [5]).then(() => done++))
      await slow[0]
      await pool.apply(square, [3], { priority: 1 })
      // Those that were under way, and what was begun before this busy machine noticed. It was nearly all.
      assert.ok(done <= 50, `${done} of 100 came first`)
      await Promise.all(slow)
    }),
  )

  test('what is handed over by transfer arrives whole, also while a worker is stuck', limit, () =>
    withPool(kind, {}, async pool => {
      await Promise.all(range(1000).map(n => pool.apply(square, [n])))
      const gate = `${tempDir().path}/go`
      const long = pool.apply(busyUntil, [gate])
      const sum = (bytes: Uint8Array): number => bytes.reduce((all, byte) => all + byte, 0)
      const sums = range(40).map(n => {
        const bytes = new Uint8Array(100).fill(n)
        return pool.apply(sum, [bytes], { transfer: [bytes.buffer], retries: 2 })
      })
      assert.deepEqual(
        await Promise.all(sums),
        range(40).map(n => 100 * n),
      )
      writeFileSync(gate, '')
      await long
    }),
  )

  test('what is handed over waits for its worker, whatever is cancelled beside it', limit, () =>
    withPool(kind, { processes: 1, concurrency: 3 }, async pool => {
      const gate = `${tempDir().path}/go`
      const long = pool.apply(sometimes, [gate])
      await until(() => pool.stats().workers.busy === 1, 'the long one')
      const bytes = new Uint8Array(100)
      const handedOver = pool.apply(({ length }) => length, [bytes], { transfer: [bytes.buffer] })
      const beside = pool.applyAsync(square, [2])
      await until(() => pool.stats().workers.list[0]?.load === 3, 'both others')
      beside.cancel()
      await assert.rejects(beside, { code: 'TASK_CANCELLED' })
      // Time enough for whoever would lose patience.
      await new Promise(resolve => setTimeout(resolve, 300))
      writeFileSync(gate, '')
      assert.deepEqual(await Promise.all([long, handedOver]), [gate, 100])
      assert.equal(pool.stats().deaths, 0)
    }),
  )

  test('a map of short and long items keeps every worker busy', limit, () =>
    withPool(kind, {}, async pool => {
      const gate = `${tempDir().path}/go`
      const items = range(3000).map(n => (n === 1500 ? gate : ''))
      const stream = pool.imapUnordered(sometimes, items, { bufferSize: 3000 })
      let got = 0
      for await (const value of stream) {
        got++
        // All but the long one, and those that ran before it in its chunk: at most four milliseconds of work.
        if (value === '' && got === 1500) writeFileSync(gate, '')
      }
      assert.equal(got, 3000)
    }),
  )
})

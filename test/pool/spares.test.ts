import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Pool } from 'manycore'
import { eachKind, nothingLeft, tempDir } from '../support/index.ts'
import { makePool, rejection, until, withPool } from './support.ts'

/*
 * Workers that stand by, and take the place of those that go.
 */

const limit = { timeout: 60_000 }
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const whoAmI = async (): Promise<string> => {
  const { threadId } = await import('node:worker_threads')
  return `${process.pid} ${threadId}`
}
const names = (pool: Pool): string[] =>
  pool.stats().workers.list.map(({ pid, threadId }) => `${pid} ${threadId}`)
const standsBy = (pool: Pool, count = 1): Promise<void> =>
  until(() => pool.stats().workers.spare === count && pool.stats().workers.starting === 0, 'a spare')

/** A module's function, and how often the module has been loaded: once so far, by this program. */
async function countedModule(): Promise<{ work: (n: number) => number; times: () => number }> {
  const folder = tempDir()
  const loaded = folder.path + '/loaded.txt'
  const module = folder.write(
    'work.mjs',
    `import { appendFileSync } from 'node:fs'
    appendFileSync(${JSON.stringify(loaded)}, '.')
    export function work(n) { return n + 1 }`,
  )
  const { work } = (await import(pathToFileURL(module).href)) as { work: (n: number) => number }
  const times = (): number => readFileSync(loaded, 'utf8').length
  assert.equal(times(), 1)
  return { work, times }
}

eachKind(kind => {
  test('a spare takes the place of a worker that died, and is replaced', limit, () =>
    withPool(kind, { processes: 1, spares: 1 }, async pool => {
      const first = await pool.apply(whoAmI)
      await standsBy(pool)
      assert.equal(pool.stats().workers.total, 1)
      const spare = names(pool).find(name => name !== first)
      await rejection(pool.apply(() => process.exit(3)))
      assert.equal(await pool.apply(whoAmI), spare)
      await standsBy(pool)
      assert.ok(!names(pool).includes(first))
    }),
  )

  test('a spare has run the initializer before it is needed', limit, () =>
    withPool(
      kind,
      {
        processes: 1,
        spares: 1,
        initializer: () => {
          Object.assign(globalThis, { preparedAt: performance.timeOrigin + performance.now() })
        },
      },
      async pool => {
        const preparedAt = (): number => Reflect.get(globalThis, 'preparedAt') as number
        await pool.apply(preparedAt)
        await standsBy(pool)
        const before = performance.timeOrigin + performance.now()
        await rejection(pool.apply(() => process.exit(3)))
        assert.ok((await pool.apply(preparedAt)) < before)
      },
    ),
  )

  test('a spare gets ready for what others have run, before it is needed', limit, async () => {
    const { work, times } = await countedModule()
    await withPool(kind, { processes: 1, spares: 1 }, async pool => {
      assert.equal(await pool.apply(work, [1]), 2)
      await until(() => times() === 3, 'the spare has loaded it')
      await rejection(pool.apply(() => process.exit(3)))
      assert.equal(await pool.apply(work, [2]), 3)
      await until(() => times() === 4, 'so has the next')
    })
  })

  test('so does the spare that maxTasksPerChild brings along', limit, async () => {
    const { work, times } = await countedModule()
    await withPool(kind, { processes: 1, maxTasksPerChild: 10 }, async pool => {
      assert.equal(await pool.apply(work, [1]), 2)
      await until(() => times() === 3, 'the spare has loaded it')
    })
  })

  test('what fails when a spare gets ready is tried again by the first call', limit, async () => {
    const folder = tempDir()
    const flag = folder.path + '/may-not-load'
    const module = folder.write(
      'work.cjs',
      `const { existsSync, appendFileSync } = require('node:fs')
      appendFileSync(${JSON.stringify(folder.path + '/tries.txt')}, '.')
      if (existsSync(${JSON.stringify(flag)})) throw new Error('not now')
      exports.work = function work(n) { return n + 1 }`,
    )
    const { work } = createRequire(import.meta.url)(module) as { work: (n: number) => number }
    const tries = (): number => readFileSync(folder.path + '/tries.txt', 'utf8').length
    await withPool(kind, { processes: 1, spares: 1 }, async pool => {
      assert.equal(await pool.apply(work, [1]), 2)
      await until(() => tries() === 3, 'the spare has loaded it')
      folder.write('may-not-load', '')
      await rejection(pool.apply(() => process.exit(3)))
      await until(() => tries() === 4, 'the next has tried')
      await standsBy(pool)
      rmSync(flag)
      await rejection(pool.apply(() => process.exit(3)))
      assert.equal(await pool.apply(work, [2]), 3)
    })
  })

  test('the other workers follow the first: after its result, or when they are needed', limit, async () => {
    const started = (pool: Pool): number => pool.stats().workers.list.length
    await withPool(kind, { processes: 3 }, async pool => {
      assert.deepEqual([pool.stats().workers.total, started(pool)], [3, 1])
      await pool.apply(Math.abs, [-1])
      await until(() => started(pool) === 3, 'the others')
    })
    await withPool(kind, { processes: 3 }, async pool => {
      const both = [pool.apply(Math.abs, [-1]), pool.apply(Math.abs, [-2])]
      await Promise.resolve()
      assert.equal(started(pool), 3)
      assert.deepEqual(await Promise.all(both), [1, 2])
    })
    await withPool(kind, { processes: 3 }, async pool => {
      await until(() => pool.stats().workers.idle === 3, 'all of them, without any work')
    })
    const ended = makePool(kind, { processes: 3 })
    await ended.terminate()
    await nothingLeft()
  })

  test('several deaths at once, and a spare that dies itself', limit, () =>
    withPool(kind, { processes: 2, spares: 2 }, async pool => {
      await standsBy(pool, 2)
      const died = range(4).map(() => rejection(pool.apply(() => process.exit(3))))
      for (const error of await Promise.all(died)) assert.equal(error['code'], 'WORKER_DIED')
      assert.deepEqual(await pool.map(Math.abs, range(50)), range(50))
      await standsBy(pool, 2)
      if (kind.name === 'threads') return
      const serving = new Set(await Promise.all(range(40).map(() => pool.apply(whoAmI))))
      const [spare] = names(pool).filter(name => !serving.has(name))
      process.kill(Number(spare?.split(' ')[0]), 'SIGKILL')
      await until(() => !names(pool).includes(spare ?? ''), 'its end')
      await standsBy(pool, 2)
      assert.equal(await pool.apply(Math.abs, [-1]), 1)
    }),
  )

  test('who has had its number of tasks: the successor stands by before', limit, () =>
    withPool(kind, { processes: 1, maxTasksPerChild: 2 }, async pool => {
      const seen: string[] = []
      for (let task = 0; task < 4; task++) {
        await standsBy(pool)
        const known = names(pool)
        const worker = await pool.apply(whoAmI)
        assert.ok(known.includes(worker), 'no start was waited for')
        seen.push(worker)
      }
      assert.equal(new Set(seen).size, 2)
      assert.equal(new Set(await pool.map(whoAmI, range(12), { chunksize: 1 })).size, 6)
    }),
  )

  test('without spares, maxTasksPerChild replaces as it did', limit, () =>
    withPool(kind, { processes: 1, maxTasksPerChild: 1, spares: 0 }, async pool => {
      assert.equal(new Set(await pool.map(whoAmI, range(5), { chunksize: 1 })).size, 5)
      assert.equal(pool.stats().workers.spare, 0)
    }),
  )

  test('spares end with the pool, whenever it is closed or terminated', limit, async () => {
    const closed = makePool(kind, { processes: 1, spares: 2 })
    await standsBy(closed, 2)
    closed.close()
    await closed.join()
    const early = makePool(kind, { processes: 1, spares: 2 })
    await until(() => early.stats().workers.starting === 2, 'spares that start')
    early.close()
    await early.join()
    const terminated = makePool(kind, { processes: 1, spares: 2 })
    await standsBy(terminated, 2)
    await terminated.terminate()
    await nothingLeft()
    assert.throws(() => makePool(kind, { spares: -1 }), { code: 'WRONG_OPTION' })
  })
})

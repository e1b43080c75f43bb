import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ManycoreError, Pool } from 'manycore'
import { deadline, eachKind, findTool, nothingLeft, rounds, runProgram } from '../support/index.ts'
import { sharePool } from './support.ts'

const LIMIT = { timeout: 60_000 }
const SIZE = 2 ** 20

eachKind(kind => {
  describe('in pools that stay', () => {
    const inOne = sharePool(kind, { processes: 1 })
    const inTwo = sharePool(kind)

    test('large blocks arrive as they were, and alone', LIMIT, () =>
      inOne(async pool => {
        const buffer = new Uint8Array(SIZE).fill(1).buffer
        const bytes = new Uint8Array(buffer)
        const values = {
          bytes,
          numbers: new Float64Array(buffer),
          nested: { deep: [bytes, new Map([['key', buffer]])] },
          part: new Uint8Array(buffer, 8, SIZE / 2),
          node: Buffer.alloc(SIZE, 3),
          view: new DataView(new ArrayBuffer(SIZE), 16),
          empty: new Uint8Array(0),
        }
        const back = await pool.apply((value: typeof values) => value, [values])
        assert.deepEqual(back, values)
        assert.equal(back.bytes.buffer, back.numbers.buffer)
        assert.equal(back.nested.deep[0], back.bytes)
        assert.equal((back.nested.deep[1] as Map<string, ArrayBuffer>).get('key'), back.bytes.buffer)
        assert.equal(bytes.length, SIZE)
        const list = await pool.apply((...all: unknown[]) => all, [bytes, bytes, buffer, 5])
        assert.deepEqual(list, [bytes, bytes, buffer, 5])
        assert.equal(list[0], list[1])
        assert.equal((list[0] as Uint8Array).buffer, list[2])
        for (const [name, value] of Object.entries(values)) {
          const alone = await pool.apply((one: unknown) => one, [value])
          assert.deepEqual(alone, value, name)
          assert.equal(Object.getPrototypeOf(alone), Object.getPrototypeOf(value), name)
        }
      }),
    )

    test('what is changed after it was sent arrives unchanged', LIMIT, () =>
      inOne(async pool => {
        const bytes = new Uint8Array(4 * SIZE)
        const sum = (some: Uint8Array): number => some.reduce((total, byte) => total + byte, 0)
        await pool.apply(sum, [bytes])
        const first = pool.apply(sum, [bytes])
        await new Promise(setImmediate)
        bytes.fill(1)
        assert.equal(await first, 0)
        assert.equal(await pool.apply(sum, [bytes]), bytes.length)
      }),
    )

    test('a task keeps what it gives', LIMIT, () =>
      inOne(async pool => {
        const give = (): Uint8Array => {
          const held = ((globalThis as { held?: Uint8Array }).held ??= new Uint8Array(2 ** 20))
          held[0] = (held[0] as number) + 1
          return held
        }
        const results = [await pool.apply(give), await pool.apply(give), await pool.apply(give)]
        assert.deepEqual(
          results.map(bytes => [bytes.length, bytes[0]]),
          [
            [SIZE, 1],
            [SIZE, 2],
            [SIZE, 3],
          ],
        )
      }),
    )

    test('blocks of a map, some of them with company', LIMIT, () =>
      inTwo(async pool => {
        const items = Array.from({ length: 12 }, (_, i) => new Uint8Array(100_000).fill(i))
        const plain = await pool.map((bytes: Uint8Array) => bytes, items, { chunksize: 4 })
        assert.deepEqual(plain, items)
        const named = await pool.map((bytes: Uint8Array) => ({ bytes, at: bytes[0] }), items, {
          chunksize: 4,
        })
        assert.deepEqual(
          named,
          items.map((bytes, at) => ({ bytes, at })),
        )
      }),
    )

    test('many at once, larger than any pipe, on the way to workers that are busy', LIMIT, () =>
      inTwo(async pool => {
        const items = Array.from({ length: 40 }, (_, i) => new Uint8Array(SIZE).fill(i))
        const results = await Promise.all(items.map(item => pool.apply((bytes: Uint8Array) => bytes, [item])))
        assert.deepEqual(results, items)
      }),
    )
  })

  test(
    'a worker that dies of a large argument takes nothing along: the next one gets it whole',
    LIMIT,
    async () => {
      const before = process.getActiveResourcesInfo().length
      {
        await using pool = new kind.Pool(1)
        const bytes = new Uint8Array(16 * SIZE).fill(9)
        const die = (some: Uint8Array): number => {
          process.kill(process.pid, 'SIGKILL')
          return some.length
        }
        const exit = (some: Uint8Array): number => {
          process.exit(some.length === 0 ? 0 : 3)
        }
        const doomed = pool.apply(kind.pick(exit, die), [bytes])
        const after = pool.apply((some: Uint8Array) => some[some.length - 1], [bytes])
        await assert.rejects(doomed, (error: ManycoreError) => error.code === 'WORKER_DIED')
        assert.equal(await after, 9)
        assert.equal(bytes.length, 16 * SIZE)
      }
      assert.ok(process.getActiveResourcesInfo().length <= before + 2)
      await nothingLeft()
    },
  )
})

test(
  'killed in the middle of a block: its task is told, all others come to their end whole',
  LIMIT,
  async () => {
    {
      await using pool = new Pool(2)
      const pidOf = (): number => process.pid
      for (const delay of [0, 2, 5, 10, 20]) {
        const pid = await pool.apply(pidOf)
        const items = Array.from({ length: 6 }, (_, at) => new Uint8Array(rounds(2, 8) * SIZE).fill(at + 1))
        const calls = items.map(item => pool.apply((bytes: Uint8Array) => bytes, [item]))
        const settled = Promise.allSettled(calls)
        await sleep(delay)
        process.kill(pid, 'SIGKILL')
        for (const [at, outcome] of (await settled).entries()) {
          if (outcome.status === 'fulfilled') assert.deepEqual(outcome.value, items[at])
          else assert.equal((outcome.reason as ManycoreError).code, 'WORKER_DIED')
        }
      }
    }
    await nothingLeft()
  },
)

test(
  'more in flight than a worker reads between two looks at it: none of it is sent again and again',
  LIMIT,
  async () => {
    await using pool = new Pool(1)
    const text = 'x'.repeat(40_000)
    const calls = Array.from({ length: 1500 }, () => pool.apply((given: string) => given.length, [text]))
    assert.deepEqual(
      new Set(await deadline(Promise.all(calls), 30_000, 'the results')),
      new Set([text.length]),
    )
  },
)

const SHELL = findTool('sh')

test('where memory for blocks is full they go another way, and arrive whole', {
  ...LIMIT,
  skip: SHELL && process.platform === 'linux' ? false : 'limits the size of files by a shell of Linux',
}, async () => {
  const { stdout, stderr, code, left } = await runProgram(
    `import { Pool } from 'manycore'
    const pool = new Pool(2)
    const items = Array.from({ length: 4 }, (_, at) => new Uint8Array(3 << 20).fill(at + 1))
    const results = await Promise.all(items.map(item => pool.apply(bytes => bytes, [item])))
    console.log(results.every((bytes, at) => Buffer.from(bytes).equals(Buffer.alloc(3 << 20, at + 1))))
    pool.close()
    await pool.join()`,
    {
      node: SHELL as string,
      // A file, in memory too, that gets larger fails as on a full disk.
      execArgv: ['-c', 'ulimit -f 2048 && exec "$0" "$@"', process.execPath],
    },
  )
  assert.deepEqual([stdout, stderr, code, left], ['true\n', '', 0, []])
})

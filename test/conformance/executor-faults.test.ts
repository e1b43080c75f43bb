import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ExecutorMapOptions, Future, ProcessPoolExecutor } from 'manycore'
import {
  Bomb,
  duringRun,
  EXIT_CODE,
  type Fault,
  HUGE,
  MESSAGE,
  resultThatPacks,
  resultThatUnpacks,
  resultWithTrap,
  trap,
  withArgument,
} from '../faults/fixtures/misdeeds.ts'
import { rejection, shareExecutor, until, withExecutor } from '../pool/support.ts'
import { deadline, eachKind, everyFew, type Kind, nothingLeft, rounds } from '../support/index.ts'
import { limit, range, square, withGate } from './executor-support.ts'

/*
 * The lines of the matrix on executors under faults: C201 to C211. Each cell has a deadline of its own, which it
 * misses only by a hang; afterwards the same executor has to work.
 */

const CELL = 10_000
const code = (error: unknown): unknown => (error as { code?: unknown }).code

/** Whole, item by item, and as the pool likes. */
const CHUNKS: readonly ExecutorMapOptions[] = [{ chunksize: 3 }, { chunksize: 1 }, {}]

/** Submits and maps something bad, each with two that are in order, and looks at what comes of all. */
async function cell(
  executor: ProcessPoolExecutor,
  fn: (item: never) => unknown,
  bad: unknown,
  check: (error: unknown) => void,
  chunks = CHUNKS,
): Promise<void> {
  const work = fn as (item: unknown) => unknown
  const items = [bad, undefined, undefined]
  const futures = items.map(item => executor.submit(work, item))
  const [first, ...others] = await deadline(Promise.allSettled(futures), CELL, `submit of ${fn.name}`)
  check((first as PromiseRejectedResult).reason)
  assert.deepEqual(
    others,
    others.map(() => ({ status: 'fulfilled', value: 'fine' })),
  )
  for (const options of chunks) {
    const error = await deadline(
      rejection(executor.map(work, items, options).toArray()),
      CELL,
      `map of ${fn.name}`,
    )
    check(error)
  }
  assert.equal(await deadline(executor.submit(square, 3), CELL, 'the next task'), 9)
}

const exited = (error: unknown): void => {
  assert.equal(code(error), 'WORKER_DIED', String(error))
  assert.equal((error as { exitCode: number }).exitCode, EXIT_CODE)
}
const killed = (error: unknown): void => {
  assert.equal(code(error), 'WORKER_DIED', String(error))
  assert.equal((error as { signal: string }).signal, 'SIGKILL')
}
const thrown = (error: unknown): void => {
  assert.ok(error instanceof RangeError, String(error))
  assert.equal(error.message, MESSAGE)
}
const wrapped =
  (expected: string) =>
  (error: unknown): void => {
    assert.equal(code(error), expected, String(error))
    thrown((error as Error).cause)
  }
/** A thread can't be killed alone. */
const deaths = (kind: Kind): (readonly [Fault, (error: unknown) => void])[] =>
  kind.pick(
    [['exits', exited]],
    [
      ['exits', exited],
      ['is killed', killed],
    ],
  )

eachKind(kind => {
  describe('in one executor', () => {
    const inExecutor = shareExecutor(kind)

    test("C201 an argument that can't be sent gives that error on the future", limit, () =>
      inExecutor(async executor => {
        for (const bad of [
          new Promise(() => {}),
          new WeakRef({}),
          { deep: [new FinalizationRegistry(() => {})] },
        ])
          await cell(executor, withArgument, bad, error => assert.equal(code(error), 'CANNOT_CLONE'))
        await cell(executor, withArgument, trap('throws'), wrapped('CANNOT_READ'))
        await cell(executor, withArgument, new Bomb('pack', 'throws'), wrapped('CANNOT_READ'))
        const never = new Promise(() => {})
        const refused = executor.submit(() => never)
        assert.equal(code(await refused.exception()), 'CANNOT_CAPTURE')
      }),
    )

    test('C202 an argument whose decoding throws, exits or crashes gives an error, never a hang', limit, () =>
      inExecutor(async executor => {
        await cell(executor, withArgument, new Bomb('unpack', 'throws'), wrapped('CANNOT_DECODE'))
        for (const [row, [fault, check]] of deaths(kind).entries())
          await cell(executor, withArgument, new Bomb('unpack', fault), check, everyFew(CHUNKS, row, 3))
      }),
    )

    test('C203 a task that crashes, throws or exits gives its error', limit, () =>
      inExecutor(async executor => {
        await cell(executor, duringRun, 'throws', thrown)
        for (const [row, [fault, check]] of deaths(kind).entries())
          await cell(executor, duringRun, fault, check, everyFew(CHUNKS, row + 1, 3))
      }),
    )

    test('C204 a result whose encoding crashes, throws or exits gives its error', limit, () =>
      inExecutor(async executor => {
        for (const fn of [resultThatPacks, resultWithTrap]) {
          await cell(executor, fn, 'throws', wrapped('CANNOT_READ'))
          for (const [row, [fault, check]] of deaths(kind).entries())
            await cell(executor, fn, fault, check, everyFew(CHUNKS, row + 2, 3))
        }
        const unsendable = executor.submit(async () => ({ inside: new WeakRef({}) }))
        assert.equal(code(await deadline(unsendable.exception(), CELL, 'the error')), 'CANNOT_CLONE')
      }),
    )

    test("C205 a result that can't be decoded gives an error", limit, () =>
      inExecutor(async executor => cell(executor, resultThatUnpacks, 'throws', wrapped('CANNOT_DECODE'))),
    )
  })

  test('C206 a crash after shutdown was called fails the future, and shutdown returns', limit, () =>
    withExecutor(kind, {}, async executor => {
      const lost = executor.submit(duringRun, 'exits')
      const fine = executor.submit(duringRun, undefined)
      const down = executor.shutdown()
      exited(await deadline(lost.exception(), CELL, 'the future'))
      assert.equal(await fine, 'fine')
      await deadline(down, CELL, 'shutdown')
    }),
  )

  test("C207 shutdown without waiting and a task that can't be sent: the error arrives", limit, async () => {
    const executor = new kind.Executor({ maxWorkers: 2 })
    const refused = executor.submit(withArgument, new WeakRef({}))
    const trapped = executor.submit(resultWithTrap, 'throws')
    await executor.shutdown({ wait: false })
    assert.equal(code(await deadline(refused.exception(), CELL, 'the error')), 'CANNOT_CLONE')
    wrapped('CANNOT_READ')(await deadline(trapped.exception(), CELL, 'the error'))
    await nothingLeft()
  })

  test('C208 a crash while megabytes are written to the worker gives an error, never a hang', limit, () =>
    withExecutor(kind, { maxWorkers: 1 }, async executor => {
      const dies = (data: Uint8Array): number => (data.length > 3 ? data.length : process.exit(EXIT_CODE))
      const loads = [3, HUGE, 3, HUGE].map(length => executor.submit(dies, new Uint8Array(length)))
      const outcomes = await deadline(Promise.allSettled(loads), 25_000, 'the loads')
      exited((outcomes[0] as PromiseRejectedResult).reason)
      assert.deepEqual(outcomes[1], { status: 'fulfilled', value: HUGE })
      exited((outcomes[2] as PromiseRejectedResult).reason)
      assert.deepEqual(outcomes[3], { status: 'fulfilled', value: HUGE })
    }),
  )

  test('C209 thousands of submits in one go block nobody', limit, () =>
    withGate(({ pass, open }) =>
      withExecutor(kind, { maxWorkers: 1 }, async executor => {
        const first = executor.submit(pass, 0)
        await until(() => first.running(), 'the first task')
        const futures: Future<number>[] = []
        for (let n = 0; n < rounds(5_000, 20_000); n++) futures.push(executor.submit(square, n))
        let turned = false
        setImmediate(() => {
          turned = true
        })
        await until(() => turned, 'a turn of the event loop')
        for (const future of futures.splice(10)) future.cancel()
        open()
        assert.deepEqual(await Promise.all(futures), range(10).map(square))
      }),
    ),
  )

  test('C210 the initializer ran in every worker before its first task', limit, () =>
    withExecutor(
      kind,
      {
        initializer: (word: string, number: number) => {
          ;(globalThis as { prepared?: string }).prepared = word + number
        },
        initargs: ['ready', 7],
      },
      async executor => {
        const look = async (): Promise<string | undefined> => {
          await new Promise(resolve => setTimeout(resolve, 20))
          return (globalThis as { prepared?: string }).prepared
        }
        const found = await Promise.all(range(6).map(() => executor.submit(look)))
        assert.deepEqual([...new Set(found)], ['ready7'])
        assert.equal(executor.stats().workers.total, 2)
      },
    ),
  )

  test('C211 a failing initializer fails pending and later work, and leaks nothing', limit, async () => {
    const executor = new kind.Executor({
      maxWorkers: 2,
      initializer: () => {
        throw new RangeError(MESSAGE)
      },
    })
    const futures = range(4).map(n => executor.submit(square, n))
    const results = executor.map(square, range(4))
    for (const future of futures) {
      const error = await deadline(future.exception(), CELL, 'the error')
      wrapped('INITIALIZER_FAILED')(error)
      assert.equal((error as Error).name, 'BrokenPoolError')
    }
    assert.equal(code(await rejection(results.toArray())), 'INITIALIZER_FAILED')
    assert.throws(() => executor.submit(square, 1), { code: 'INITIALIZER_FAILED' })
    assert.throws(() => executor.map(square, [1]), { code: 'INITIALIZER_FAILED' })
    await nothingLeft()
    await executor.shutdown()
  })
})

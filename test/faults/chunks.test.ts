import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eachKind } from '../support/index.ts'
import { coded, expectCleanEnd, expectUsable, giveWork, type Outcome, poolOf } from './cells.ts'
import {
  Bomb,
  duringRun,
  type Fault,
  resultThatPacks,
  resultThatUnpacks,
  withArgument,
} from './fixtures/misdeeds.ts'

/* What an item that goes wrong does to those that cross with it. */

const TOGETHER = { chunksize: 3 }

eachKind(kind => {
  const inOneChunk = async (
    fn: (item: never) => unknown,
    items: readonly unknown[],
    look: (found: readonly Outcome[]) => void,
  ): Promise<void> => {
    const pool = poolOf(kind, { processes: 1 })
    try {
      look(await giveWork(pool, 'imap', fn, items, TOGETHER))
      await expectUsable(pool)
      await expectCleanEnd(pool)
    } finally {
      await pool.terminate()
    }
  }
  const onlyTheSecond = (code: string) => (found: readonly Outcome[]) => {
    assert.deepEqual([found[0], found[2]], [{ value: 'fine' }, { value: 'fine' }])
    coded(code)(found[1] as Outcome)
  }

  describe('items of one chunk', () => {
    test('an argument that cannot be put together in the worker fails alone', { timeout: 30_000 }, () =>
      inOneChunk(withArgument, [0, new Bomb('unpack', 'throws'), 0], onlyTheSecond('CANNOT_DECODE')),
    )

    test('an argument that cannot travel fails alone', { timeout: 30_000 }, () =>
      inOneChunk(withArgument, [0, new WeakRef({}), 0], onlyTheSecond('CANNOT_CLONE')),
    )

    test('a result that cannot travel fails alone', { timeout: 30_000 }, () =>
      inOneChunk(duringRun, [undefined, 'cannot travel', undefined], onlyTheSecond('CANNOT_CLONE')),
    )

    test('a result that cannot be taken apart fails alone', { timeout: 30_000 }, () =>
      inOneChunk(resultThatPacks, [undefined, 'throws', undefined], onlyTheSecond('CANNOT_READ')),
    )

    test('a result that cannot be put together in the program fails alone', { timeout: 30_000 }, () =>
      inOneChunk(resultThatUnpacks, [undefined, 'throws', undefined], onlyTheSecond('CANNOT_DECODE')),
    )

    test('those that may have begun are told when the worker dies with them', { timeout: 30_000 }, () =>
      inOneChunk(duringRun, [undefined, 'exits', undefined] satisfies (Fault | undefined)[], found => {
        assert.equal(found.length, 3)
        for (const each of found.slice(0, 2)) coded('WORKER_DIED', { exitCode: 7 })(each)
        // Items of microseconds are noted several at a time, so the last may count as begun.
        const last = found[2] as Outcome
        if (!('value' in last)) coded('WORKER_DIED', { exitCode: 7 })(last)
      }),
    )

    for (const [option, value] of [
      ['timeout', 10_000],
      ['retries', 1],
    ] as const) {
      test(`${option} and chunksize together`, { timeout: 30_000 }, async () => {
        const pool = poolOf(kind, { processes: 1 })
        const square = (x: number): number => x * x
        assert.deepEqual(
          await pool.map(square, [1, 2, 3, 4], { chunksize: 3, [option]: value }),
          [1, 4, 9, 16],
        )
        await expectCleanEnd(pool)
      })
    }
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asCompleted, type Future, wait } from 'manycore'
import { deadline, eachKind, rounds } from '../support/index.ts'
import { withExecutor } from './support.ts'

/*
 * Many calls with every fate, side by side, some of them cancelled at some moment: each ends in a way that its fate
 * allows, none hangs, and the counts agree.
 */

const FATES = ['fine', 'throws', 'exits', 'waits', 'hangs', 'refused'] as const
type Fate = (typeof FATES)[number]

const LIVES: Readonly<Record<Fate, (ms: number) => unknown>> = {
  fine: ms => ms,
  throws: () => {
    throw new RangeError('as was its fate')
  },
  exits: () => process.exit(3),
  waits: ms => new Promise(resolve => setTimeout(resolve, ms, ms)),
  hangs: () => {
    for (;;);
  },
  refused: () => new WeakRef({}),
}
const live = (fate: Fate, ms: number): unknown => LIVES[fate](ms)

/** What may be seen of a call that nobody cancelled. */
const ENDS: Readonly<Record<Fate, readonly string[]>> = {
  fine: ['value'],
  throws: ['RangeError'],
  exits: ['WORKER_DIED'],
  waits: ['value'],
  hangs: ['TASK_TIMEOUT'],
  refused: ['CANNOT_CLONE'],
}

async function endOf(future: Future<unknown>): Promise<string> {
  try {
    await future
    return 'value'
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).name
  }
}

/** The same numbers at each run. */
function* dice(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield state / 2 ** 32
  }
}

eachKind(kind => {
  for (const seed of [1, 2, 3]) {
    test(`every call ends as its fate allows (${seed})`, { timeout: 60_000 }, () =>
      withExecutor(
        kind,
        { maxWorkers: 2, ...(seed === 3 ? { maxTasksPerChild: 5 } : {}) },
        async executor => {
          const numbers = dice(seed)
          const roll = (below: number): number => Math.floor(numbers.next().value * below)
          const calls: { future: Future<unknown>; fate: Fate; cancelled: boolean }[] = []
          for (let round = 0; round < rounds(3, 6); round++) {
            for (let count = 0; count < 8; count++) {
              // The costly ones are rarer.
              const fate = FATES[roll(10) < 6 ? roll(2) : roll(FATES.length)] as Fate
              // A crowded machine may take its time for all but those that have no end.
              const timeout = fate === 'hangs' ? 300 : 10_000
              const future = executor.submitWith({ timeout, priority: roll(2) }, live, fate, roll(30))
              calls.push({ future, fate, cancelled: false })
            }
            await new Promise(resolve => setTimeout(resolve, roll(40)))
            for (const call of calls)
              if (roll(12) === 0) call.cancelled = call.future.cancel() || call.cancelled
          }
          const futures = calls.map(({ future }) => future)
          const { notDone } = await deadline(wait(futures), 18_000, 'all of them')
          assert.equal(notDone.size, 0)
          let read = 0
          for await (const future of asCompleted(futures)) read += future.done() ? 1 : 0
          assert.equal(read, calls.length)
          for (const { future, fate, cancelled } of calls) {
            const end = await endOf(future)
            assert.equal(future.cancelled(), cancelled)
            if (cancelled) assert.equal(end, 'TASK_CANCELLED')
            else assert.ok(ENDS[fate].includes(end), `${fate} ended as ${end}`)
          }
          const { succeeded, failed, cancelled } = executor.stats()
          assert.equal(succeeded + failed + cancelled, calls.length)
          assert.equal(await executor.submit(() => 'it goes on'), 'it goes on')
        },
      ),
    )
  }
})

import { after, before, describe } from 'node:test'
import type { Pool, ThreadPool } from 'manycore'
import { eachKind } from '../support/index.ts'
import { cell, expectCleanEnd, expectOutcomes, expectUsable, giveWork, IN_ARGUMENTS, IN_RESULT, IN_TASK, optionsFor, poolOf, possible, WAYS } from './cells.ts'
import { afterPause, Bomb, duringRun, type Fault, resultThatPacks, resultWithTrap, withArgument } from './fixtures/misdeeds.ts'

interface Place {
  readonly name: string
  readonly fn: (item: never) => unknown
  readonly bad: (fault: Fault) => unknown
  readonly faults: readonly Fault[]
  readonly expected: typeof IN_TASK
}

const ALL: readonly Fault[] = ['throws', 'exits', 'is killed', 'runs out of memory', 'never answers', 'never settles', 'cannot travel', 'is huge']
const SYNCHRONOUS = ALL.filter(fault => fault !== 'never settles' && fault !== 'cannot travel' && fault !== 'is huge')

const PLACES: readonly Place[] = [
  { name: 'run', fn: duringRun, bad: fault => fault, faults: ALL, expected: IN_TASK },
  { name: 'run, after an await', fn: afterPause, bad: fault => fault, faults: ALL, expected: IN_TASK },
  { name: 'arguments, put together in the worker', fn: withArgument, bad: fault => new Bomb('unpack', fault), faults: SYNCHRONOUS, expected: IN_ARGUMENTS },
  { name: 'result, taken apart in the worker', fn: resultThatPacks, bad: fault => fault, faults: SYNCHRONOUS, expected: IN_RESULT },
  { name: 'result, read in the worker', fn: resultWithTrap, bad: fault => fault, faults: SYNCHRONOUS, expected: IN_RESULT },
]

eachKind(kind => {
  for (const { name, fn, bad, faults, expected } of PLACES) {
    describe(name, () => {
      let pool: Pool | ThreadPool
      before(() => {
        pool = poolOf(kind)
      })
      after(() => expectCleanEnd(pool))
      for (const fault of faults.filter(each => possible(kind, each))) {
        for (const way of WAYS) {
          cell(`${fault}, ${way}`, async () => {
            const items = [bad(fault), undefined, undefined]
            const found = await giveWork(pool, way, fn, items, optionsFor(fault))
            expectOutcomes(way, found, expected[fault])
            await expectUsable(pool)
          }, () => pool.stats())
        }
      }
    })
  }
})

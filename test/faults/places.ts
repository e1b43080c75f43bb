import { describe } from 'node:test'
import { everyFew, type Kind } from '../support/index.ts'
import {
  cell,
  type Expectation,
  expectOutcomes,
  expectUsable,
  giveWork,
  optionsFor,
  possible,
  sharedPool,
  type Way,
} from './cells.ts'
import { FAULTS, type Fault } from './fixtures/misdeeds.ts'

/** The worker lives on: so quick that they are tried in every way, always. */
const MILD: readonly Fault[] = ['throws', 'cannot travel']

/** Where on a task's road something goes wrong. */
export interface Place {
  readonly name: string
  readonly fn: (item: never) => unknown
  /** The item for which it does. */
  readonly bad: (fault: Fault) => unknown
  readonly faults: readonly Fault[]
  readonly expected: Readonly<Record<Fault, Expectation>>
}

/**
 * Declares a row of the matrix: each fault at this place, in each way, in one pool that has to bear all of them.
 * Of the ways, `npm test` takes one out of `of` for each fault, another one on the other kind and in the `turn` after.
 */
export function declarePlace(
  kind: Kind,
  place: Place,
  ways: readonly Way[],
  { turn = 0, of }: { turn?: number; of: number },
): void {
  const { name, fn, bad, faults, expected } = place
  describe(name, () => {
    const pool = sharedPool(kind)
    for (const fault of faults.filter(each => possible(kind, each))) {
      const row = FAULTS.indexOf(fault) + turn + kind.pick(0, 1)
      for (const way of MILD.includes(fault) ? ways : everyFew(ways, row, of)) {
        const body = async (): Promise<void> => {
          const items = [bad(fault), undefined, undefined]
          expectOutcomes(way, await giveWork(pool(), way, fn, items, optionsFor(fault)), expected[fault])
          await expectUsable(pool())
        }
        cell(`${fault}, ${way}`, body, () => pool().stats())
      }
    }
  })
}

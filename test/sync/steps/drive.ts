import type { Waiting } from '../../../src/sync/waiting.ts'
import { type How, SLEEP } from '../../../src/sync/words.ts'
import type { Steps } from '../../support/steps/index.ts'

/**
 * Drives a waiting as the room's own drivers do: by sleeping, or by the bell. `limited`: the time may run out at any
 * stand-still at which the scenario lets time pass.
 */
export function drive<T>(steps: Steps, waiting: Waiting<T>, how: How, limited = false): T {
  let giveUp = false
  let may = limited
  for (;;) {
    const step = waiting.next(giveUp)
    if (step.done) return step.value
    const late = how === SLEEP ? sleep(steps, step.value) : steps.waitForBell()
    giveUp = late && may
    if (giveUp) may = false
  }
}

function sleep(steps: Steps, park: { cells: Steps['cells']; word: number; expected: number }): boolean {
  steps.timedOut = false
  park.cells.sleep(park.word, park.expected, 50)
  return steps.timedOut
}

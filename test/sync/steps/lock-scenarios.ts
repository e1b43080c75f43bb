import assert from 'node:assert/strict'
import { Mutex } from '../../../src/sync/mutex.ts'
import type { Tuning } from '../../../src/sync/turnstile.ts'
import { GAVE_UP } from '../../../src/sync/waiting.ts'
import { ABANDONED, BELL, type How, SLEEP } from '../../../src/sync/words.ts'
import type { Scenario, Steps } from '../../support/steps/index.ts'
import { drive } from './drive.ts'

const NEVER = Number.POSITIVE_INFINITY
const BARGING: Tuning = { spins: 0, patience: NEVER, sleeperPatience: NEVER, keep: NEVER }
const HANDING: Tuning = { ...BARGING, patience: 0, sleeperPatience: 0 }
const SPINNING: Tuning = { ...BARGING, spins: 1 }

interface Visit {
  readonly how: How
  readonly tuning?: Tuning
  /** Gives up the first time it would have to wait longer than it may. */
  readonly limited?: boolean
  readonly times?: number
}

const TAKEN = 1
const TAKEN_ABANDONED = 2
const LATE = 3

/** A thread that takes the lock, is inside for a step, and leaves. */
function visitor({ how, tuning = BARGING, limited = false, times = 1 }: Visit): (steps: Steps) => void {
  return steps => {
    const mutex = new Mutex(steps, tuning)
    for (let i = 0; i < times; i++) {
      const before = mutex.take() ? 0 : drive(steps, mutex.enter(how), how, limited)
      if (before === GAVE_UP) steps.tell(LATE)
      else {
        steps.tell(before & ABANDONED ? TAKEN_ABANDONED : TAKEN)
        steps.inside()
        if (before & ABANDONED) mutex.markConsistent()
        assert.equal(mutex.leave(), true)
      }
    }
  }
}

/** Takes it only if that needs no waiting. */
function trier(steps: Steps): void {
  const mutex = new Mutex(steps, BARGING)
  if (mutex.look() === undefined) return
  steps.inside()
  mutex.leave()
}

const all = (...visits: Visit[]): Scenario => ({ words: 16, threads: visits.map(visitor) })
const sleeper: Visit = { how: SLEEP }
const listener: Visit = { how: BELL }
const dying = (scenario: Scenario, kills = 1): Scenario => ({ ...scenario, kills, slices: true })

/** Each that lives came through: nobody was forgotten, and only a death leaves it abandoned. */
function passed(scenario: Scenario, visits: number): Scenario {
  return {
    ...scenario,
    check: ({ told, dead, words }) => {
      if (dead.length > 0) return
      assert.equal(told.length, visits)
      assert.ok(told.every(({ value }) => value !== TAKEN_ABANDONED))
      assert.equal((words[0] ?? 0) & (2 ** 28 - 1), 0)
    },
  }
}

export const scenarios: Record<string, Scenario> = {
  'two sleepers': passed(all(sleeper, sleeper), 2),
  'two listeners': passed(all(listener, listener), 2),
  'a sleeper and a listener': passed(all(sleeper, listener), 2),
  'two sleepers, twice each': passed(all({ ...sleeper, times: 2 }, { ...sleeper, times: 2 }), 4),
  'a sleeper and a listener, twice each': passed(all({ ...sleeper, times: 2 }, { ...listener, times: 2 }), 4),
  'three sleepers': passed(all(sleeper, sleeper, sleeper), 3),
  'three listeners': passed(all(listener, listener, listener), 3),
  'two listeners and a sleeper': passed(all(listener, sleeper, listener), 3),
  'one that spins': passed(all({ ...sleeper, tuning: SPINNING }, sleeper), 2),
  'one that only tries': { words: 16, threads: [visitor(sleeper), visitor(listener), trier] },

  'handed to a sleeper': passed(all(sleeper, { ...sleeper, tuning: HANDING }), 2),
  'handed to a listener': passed(all({ ...sleeper, times: 2 }, { ...listener, tuning: HANDING }), 3),
  'handed to two': passed(
    all({ ...sleeper, times: 2 }, { ...listener, tuning: HANDING }, { ...sleeper, tuning: HANDING }),
    4,
  ),

  'a sleeper in time or late': { ...all(sleeper, { ...sleeper, limited: true }, sleeper), timeouts: 1 },
  'a listener in time or late': { ...all(listener, { ...listener, limited: true }, listener), timeouts: 1 },
  'handed to one that is late': {
    ...all(sleeper, { ...listener, limited: true, tuning: HANDING }, sleeper),
    timeouts: 1,
  },
  'handed to a sleeper that is late': {
    ...all(listener, { ...sleeper, limited: true, tuning: HANDING }, listener),
    timeouts: 1,
  },

  'sleepers, one dies': dying(all(sleeper, sleeper)),
  'listeners, one dies': dying(all(listener, listener)),
  'three, one dies': dying(all(sleeper, listener, sleeper)),
  'handed over, one dies': dying(all({ ...sleeper, tuning: HANDING }, { ...listener, tuning: HANDING })),
  'handed over among three, one dies': dying(
    all(sleeper, { ...listener, tuning: HANDING }, { ...sleeper, tuning: HANDING }),
  ),
  'three, two die': dying(all(sleeper, listener, { ...sleeper, tuning: HANDING }), 2),
  'the death of a holder is told, that of others is not': {
    ...dying(all(sleeper, sleeper)),
    check: ({ told, dead }) => {
      const [victim] = dead
      if (victim === undefined) return
      const began = told.filter(({ thread }) => thread === victim).length
      const other = told.find(({ thread }) => thread !== victim)
      if (began === 0) assert.notEqual(other, undefined)
    },
  },
}

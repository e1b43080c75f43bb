import assert from 'node:assert/strict'
import type { Cells } from '../../../src/memory/index.ts'
import { Mutex } from '../../../src/sync/mutex.ts'
import type { Tuning } from '../../../src/sync/turnstile.ts'
import { GAVE_UP } from '../../../src/sync/waiting.ts'
import { LOCK_STATES, lockState } from '../../../src/sync/states.ts'
import { ABANDONED, BELL, type How, SLEEP, STATE } from '../../../src/sync/words.ts'
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
/** From here on: a row of the table that was seen. */
const ROW = 100

/** The rows of the table that occurred in any order that was tried. */
export const seen = new Set<number>()

/** A thread that takes the lock, is inside for a step, and leaves. */
function visitor({ how, tuning = BARGING, limited = false, times = 1 }: Visit): (steps: Steps) => void {
  return steps => {
    const mutex = new Mutex({ cells: byTheTable(steps), seats: steps.seats }, tuning)
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

/** Cells that fail when the lock's word changes in a way that is not in the table of states. */
function byTheTable(steps: Steps): Cells {
  const { cells } = steps
  const changed = (before: number, after: number): number => {
    const [from, to] = [lockState(before), lockState(after)]
    const row = LOCK_STATES.transitions.findIndex(one => one.from === from && one.to === to)
    if (from !== to && row < 0) steps.fail(`${from} → ${to} is not in the table`)
    if (from !== to) steps.tell(ROW + row)
    return before
  }
  return {
    length: cells.length,
    load: word => cells.load(word),
    store: (word, value) => cells.store(word, value),
    exchange: (word, value) => cells.exchange(word, value),
    compareExchange(word, expected, replacement) {
      const before = cells.compareExchange(word, expected, replacement)
      return word === STATE && before === (expected | 0) ? changed(before, replacement) : before
    },
    add: (word, by) => cells.add(word, by),
    and(word, mask) {
      const before = cells.and(word, mask)
      return word === STATE ? changed(before, before & mask) : before
    },
    or(word, mask) {
      const before = cells.or(word, mask)
      return word === STATE ? changed(before, before | mask) : before
    },
    sleep: (word, expected, ms) => cells.sleep(word, expected, ms),
    wake: (word, count) => cells.wake(word, count),
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
    check: ({ told: everything, dead, words }) => {
      const told = everything.filter(({ value }) => value < ROW)
      if (dead.length > 0) return
      assert.equal(told.length, visits)
      assert.ok(told.every(({ value }) => value !== TAKEN_ABANDONED))
      assert.equal((words[0] ?? 0) & (2 ** 28 - 1), 0)
    },
  }
}

const tried: Record<string, Scenario> = {
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
    check: ({ told: everything, dead }) => {
      const told = everything.filter(({ value }) => value < ROW)
      const [victim] = dead
      if (victim === undefined) return
      const began = told.filter(({ thread }) => thread === victim).length
      const other = told.find(({ thread }) => thread !== victim)
      if (began === 0) assert.notEqual(other, undefined)
    },
  },
}

export const scenarios: Record<string, Scenario> = Object.fromEntries(
  Object.entries(tried).map(([name, scenario]) => [name, { ...scenario, check: noting(scenario.check) }]),
)

function noting(check: Scenario['check']): NonNullable<Scenario['check']> {
  return outcome => {
    for (const { value } of outcome.told) if (value >= ROW) seen.add(value - ROW)
    check?.(outcome)
  }
}

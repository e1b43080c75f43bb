import assert from 'node:assert/strict'
import { Flag } from '../../../src/sync/flag.ts'
import { Mutex } from '../../../src/sync/mutex.ts'
import { Notices } from '../../../src/sync/notices.ts'
import { Places } from '../../../src/sync/places.ts'
import { Rounds } from '../../../src/sync/rounds.ts'
import type { Tuning } from '../../../src/sync/turnstile.ts'
import { Units } from '../../../src/sync/units.ts'
import { GAVE_UP } from '../../../src/sync/waiting.ts'
import { BELL, type How, SLEEP } from '../../../src/sync/words.ts'
import type { Scenario, Steps } from '../../support/steps/index.ts'
import { drive } from './drive.ts'

const NEVER = Number.POSITIVE_INFINITY
const BARGING: Tuning = { spins: 0, patience: NEVER, sleeperPatience: NEVER, keep: NEVER }
const HANDING: Tuning = { ...BARGING, patience: 0, sleeperPatience: 0 }
const PASSED = 1
const LATE = 2
const BROKEN = 3

const of = (steps: Steps, offset: number, count: number): Pick<Steps, 'cells' | 'seats'> => ({
  cells: steps.part(offset, count),
  seats: steps.seats,
})

// ── semaphore ────────────────────────────────────────────────────────────────────────────────────────────────

/** Takes a unit and gives it back. The first thread puts the units there, by releasing them. */
const user =
  (how: How, { tuning = BARGING, limited = false, brings = 0 } = {}) =>
  (steps: Steps): void => {
    const units = new Units(steps, tuning)
    if (brings > 0) units.leave(brings, 100)
    if (!units.take() && drive(steps, units.enter(how), how, limited) === GAVE_UP) return steps.tell(LATE)
    steps.tell(PASSED)
    steps.inside()
    units.leave(1, 100)
  }

/** Waits for a unit and keeps it. */
const consumer =
  (how: How) =>
  (steps: Steps): void => {
    const units = new Units(steps, BARGING)
    if (!units.take()) drive(steps, units.enter(how), how)
    steps.tell(PASSED)
  }
const producer =
  (count: number) =>
  (steps: Steps): void => {
    const units = new Units(steps, BARGING)
    for (let i = 0; i < count; i++) units.leave(1, 100)
  }

/** Takes a place, and dies with it or gives it back. The first thread says how many there are. */
const guest =
  (how: How, { begins = 0 } = {}) =>
  (steps: Steps): void => {
    const places = new Places(steps, BARGING)
    if (begins > 0) places.begin(begins)
    else steps.setMortal(true)
    if (!places.take()) drive(steps, places.enter(how), how)
    steps.inside()
    steps.tell(PASSED)
    places.leave(1, places.bound)
  }
/** Nobody lives that holds one, so all are left, but for those of the dead that nobody has missed yet. */
const placesLeft =
  (bound: number): NonNullable<Scenario['check']> =>
  ({ words, dead }) => {
    const left = (words[0] ?? 0) & (2 ** 28 - 1)
    assert.ok(left <= bound && left >= bound - dead.length, `${left} of ${bound} left`)
  }

// ── event ────────────────────────────────────────────────────────────────────────────────────────────────────

const waiter =
  (how: How, limited = false) =>
  (steps: Steps): void => {
    steps.tell(drive(steps, new Flag(steps).wait(how), how, limited) ? PASSED : LATE)
  }
const setter = (steps: Steps): void => new Flag(steps).set()

// ── condition: the lock in words 0–7, a number in word 8, the roster from 16 ─────────────────────────────────

const NUMBER = 8
const parts = (steps: Steps): { mutex: Mutex; notices: Notices } => ({
  mutex: new Mutex(of(steps, 0, 8), BARGING),
  notices: new Notices([of(steps, 16, 8)]),
})

function lock(steps: Steps, mutex: Mutex, how: How): void {
  if (!mutex.take()) drive(steps, mutex.enter(how), how)
}

/** Waits until the number is not 0 and takes one off it; goes away if its time passes. */
const taker =
  (how: How, limited = false) =>
  (steps: Steps): void => {
    const { mutex, notices } = parts(steps)
    lock(steps, mutex, how)
    while (steps.cells.load(NUMBER) === 0) {
      const notice = notices.ask()
      assert.ok(notice)
      mutex.leave()
      let notified = drive(steps, notices.wait(notice), how, limited)
      lock(steps, mutex, how)
      notified ||= notices.drop(notice)
      if (notified) continue
      if (steps.cells.load(NUMBER) !== 0) break
      steps.tell(LATE)
      mutex.leave()
      return
    }
    steps.cells.add(NUMBER, -1)
    steps.tell(PASSED)
    mutex.leave()
  }

/** Adds one and notifies one, `times` times. */
const giver =
  (how: How, times: number, each = 1) =>
  (steps: Steps): void => {
    const { mutex, notices } = parts(steps)
    for (let i = 0; i < times; i++) {
      lock(steps, mutex, how)
      steps.cells.add(NUMBER, each)
      notices.give(each)
      mutex.leave()
    }
  }

// ── barrier: the inner lock in words 0–7, the rest from 8 ────────────────────────────────────────────────────

const rounds = (steps: Steps): Rounds => new Rounds(of(steps, 0, 8), of(steps, 8, 64), [], BARGING)
const PARTIES_AT = 8 + 4

const party =
  (parties: number, how: How, { times = 1, limited = false, mortal = false } = {}) =>
  (steps: Steps): void => {
    const barrier = rounds(steps)
    // Each of them says how many there are: it is the same number.
    if (steps.cells.load(PARTIES_AT) === 0) barrier.begin(parties)
    for (let i = 0; i < times; i++) {
      const arrival = drive(steps, barrier.arrive(how), how, limited)
      if (typeof arrival === 'string') return steps.tell(BROKEN)
      // A party that has never come is not known, so nobody can miss it.
      if (mortal) steps.setMortal(true)
      if (arrival.last) drive(steps, barrier.finish(how, true), how)
      steps.tell(10 + i)
    }
  }
const breaker =
  (how: How) =>
  (steps: Steps): void =>
    drive(steps, rounds(steps).abort(how), how)

/** Nobody is in round n + 1 before everybody has been through round n. */
const inLockstep =
  (parties: number, times: number): NonNullable<Scenario['check']> =>
  ({ told, dead }) => {
    if (dead.length > 0) return
    assert.equal(told.length, parties * times)
  }

const count = (value: number, ended: readonly { value: number }[]): number =>
  ended.filter(one => one.value === value).length

export const scenarios: Record<string, Scenario> = {
  'semaphore: two units, three users': {
    words: 16,
    mostInside: 2,
    threads: [user(SLEEP, { brings: 2 }), user(BELL), user(SLEEP)],
    check: ({ words, told }) => {
      assert.equal((words[0] ?? 0) & (2 ** 28 - 1), 2)
      assert.equal(count(PASSED, told), 3)
    },
  },
  'semaphore: one unit after the other, two wait': {
    words: 16,
    threads: [consumer(SLEEP), consumer(SLEEP), producer(2)],
  },
  'semaphore: one unit after the other, two listen': {
    words: 16,
    threads: [consumer(BELL), consumer(BELL), producer(2)],
  },
  'semaphore: handed to one that is late': {
    words: 16,
    mostInside: 1,
    threads: [user(SLEEP, { brings: 1 }), user(BELL, { tuning: HANDING, limited: true }), user(BELL)],
    timeouts: 1,
  },
  'semaphore: a user dies': {
    words: 16,
    threads: [consumer(SLEEP), consumer(BELL), producer(2)],
    kills: 1,
    mayDie: [0, 1],
    slices: true,
  },

  'places: three guests for one': {
    words: 64,
    threads: [guest(SLEEP, { begins: 1 }), guest(BELL), guest(SLEEP)],
    check: placesLeft(1),
    // Who comes before there are places waits until somebody looks again.
    slices: true,
  },
  'places: a guest dies with its place': {
    words: 64,
    threads: [guest(SLEEP, { begins: 1 }), guest(BELL), guest(SLEEP)],
    kills: 1,
    mayDie: [],
    slices: true,
    check: placesLeft(1),
  },
  'places: two die': {
    words: 64,
    mostInside: 2,
    threads: [guest(SLEEP, { begins: 2 }), guest(BELL), guest(SLEEP)],
    kills: 2,
    mayDie: [],
    slices: true,
    check: placesLeft(2),
  },

  'event: a sleeper and a listener': {
    words: 16,
    threads: [waiter(SLEEP), waiter(BELL), setter],
    check: ({ told }) => assert.equal(count(PASSED, told), 2),
  },
  'event: set and cleared at once': {
    words: 16,
    threads: [waiter(SLEEP, true), waiter(BELL, true), steps => new Flag(steps).pulse()],
    timeouts: 2,
    slices: true,
  },
  'event: a waiter dies': {
    words: 16,
    threads: [waiter(SLEEP), waiter(BELL), setter],
    kills: 1,
    mayDie: [0, 1],
  },

  'condition: a sleeper is notified': { words: 32, threads: [taker(SLEEP), giver(SLEEP, 1)] },
  'condition: two wait, two are given': { words: 32, threads: [taker(SLEEP), taker(BELL), giver(SLEEP, 2)] },
  'condition: two wait, both are notified at once': {
    words: 32,
    threads: [taker(BELL), taker(SLEEP), giver(BELL, 1, 2)],
  },
  'condition: one goes away, the other gets it': {
    words: 32,
    threads: [taker(SLEEP, true), taker(BELL), giver(SLEEP, 2)],
    timeouts: 1,
  },
  'condition: a waiter dies, the other gets it': {
    words: 32,
    threads: [taker(SLEEP), taker(BELL), giver(SLEEP, 2)],
    kills: 1,
    mayDie: [0],
    slices: true,
  },

  'barrier: two, once': {
    words: 72,
    threads: [party(2, SLEEP), party(2, BELL)],
    check: inLockstep(2, 1),
  },
  'barrier: two, twice': {
    words: 72,
    threads: [party(2, SLEEP, { times: 2 }), party(2, BELL, { times: 2 })],
    check: inLockstep(2, 2),
  },
  'barrier: three': {
    words: 72,
    threads: [party(3, SLEEP), party(3, BELL), party(3, SLEEP)],
    check: inLockstep(3, 1),
  },
  'barrier: one is late, or nobody': {
    words: 72,
    threads: [party(2, SLEEP, { limited: true }), party(2, BELL)],
    timeouts: 1,
    check: ({ told }) => assert.ok(count(BROKEN, told) === 0 || count(BROKEN, told) === 2),
  },
  'barrier: aborted, and nobody hangs': {
    words: 72,
    threads: [party(3, SLEEP), party(3, BELL), breaker(SLEEP)],
    check: ({ told }) => assert.equal(count(BROKEN, told), 2),
  },
  'barrier: one dies, and nobody hangs': {
    words: 72,
    threads: [party(2, SLEEP, { times: 2, mortal: true }), party(2, BELL, { times: 2 })],
    kills: 1,
    mayDie: [],
    slices: true,
  },
}

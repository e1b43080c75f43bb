import assert from 'node:assert/strict'
import type { Scenario } from './scenario.ts'
import type { Steps } from './steps.ts'

/*
 * Algorithms with known faults (and the right ones beside them), to see that the explorer finds what it is for.
 */
const LOCK = 0
const FLAG = 0
const LISTED = 1

function testThenSet(steps: Steps): void {
  const { cells } = steps
  while (cells.load(LOCK) !== 0) cells.sleep(LOCK, 1, Number.POSITIVE_INFINITY)
  cells.store(LOCK, 1)
  steps.inside()
  cells.store(LOCK, 0)
  cells.wake(LOCK, 1)
}

/** 0 free, 1 held, 2 held and wanted. */
function acquire({ cells, seats }: Steps, lookAfterDead = false): void {
  const held = seats.me << 2
  if (cells.compareExchange(LOCK, 0, held | 1) === 0) return
  for (;;) {
    const state = cells.load(LOCK)
    if (state === 0 || (lookAfterDead && !seats.isAlive(state >> 2))) {
      if (cells.compareExchange(LOCK, state, held | 2) === state) return
    } else if (cells.compareExchange(LOCK, state, (state & ~3) | 2) === state) {
      cells.sleep(LOCK, (state & ~3) | 2, 50)
    }
  }
}

function release({ cells }: Steps): void {
  if ((cells.exchange(LOCK, 0) & 3) === 2) cells.wake(LOCK, 1)
}

function releaseInTwo({ cells }: Steps): void {
  const wanted = (cells.load(LOCK) & 3) === 2
  cells.store(LOCK, 0)
  if (wanted) cells.wake(LOCK, 1)
}

const twice = (thread: (steps: Steps) => void): Scenario => ({ words: 2, threads: [thread, thread] })
const holding =
  (lookAfterDead: boolean) =>
  (steps: Steps): void => {
    acquire(steps, lookAfterDead)
    steps.inside()
    release(steps)
  }

function ring({ cells, seats }: Steps): void {
  cells.store(FLAG, 1)
  if (cells.load(LISTED) === 1) seats.ring(1, 0)
}

export const scenarios: Record<string, Scenario> = {
  'test, then set': twice(testThenSet),
  'release by load and store': twice(steps => {
    acquire(steps)
    steps.inside()
    releaseInTwo(steps)
  }),
  right: twice(holding(false)),
  'the holder may die': { ...twice(holding(false)), kills: 1, slices: false },
  'the holder may die, others look after it': { ...twice(holding(true)), kills: 1, slices: true },
  'looks, then is listed': {
    words: 2,
    threads: [
      steps => {
        while (steps.cells.load(FLAG) === 0) {
          steps.cells.store(LISTED, 1)
          steps.waitForBell()
        }
      },
      ring,
    ],
  },
  'is listed, then looks': {
    words: 2,
    threads: [
      steps => {
        steps.cells.store(LISTED, 1)
        while (steps.cells.load(FLAG) === 0) steps.waitForBell()
      },
      ring,
    ],
  },
  'for ever': {
    words: 2,
    threads: [
      ({ cells }) => {
        while (cells.load(FLAG) === 0);
      },
    ],
  },
  throws: {
    words: 2,
    threads: [
      ({ cells }) => {
        cells.load(FLAG)
        throw new Error('out of order')
      },
    ],
  },
  'wrong end': {
    words: 2,
    threads: [({ cells }) => cells.store(FLAG, 1)],
    check: ({ words }) => assert.equal(words[FLAG], 2),
  },
}

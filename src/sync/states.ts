import { HANDOFF, LOW } from './words.ts'

/*
 * The states of what lies in shared words, as data: `docs/internals/sync.md` is drawn from them, and the step explorer
 * holds every change of a lock's word that it sees to the first table.
 */

export interface Transition {
  readonly from: string
  readonly event: string
  readonly to: string
  readonly note: string
}

export interface StateTable {
  readonly title: string
  readonly states: readonly string[]
  readonly transitions: readonly Transition[]
}

export const LOCK_STATES: StateTable = {
  title: 'A lock',
  states: ['free', 'held', 'promised', 'kept'],
  transitions: [
    { from: 'free', event: 'take', to: 'held', note: 'by whoever comes: one compare-and-exchange' },
    {
      from: 'held',
      event: 'leave',
      to: 'free',
      note: 'one sleeper is woken and one event loop rung, if any wait',
    },
    {
      from: 'held',
      event: 'bury',
      to: 'free',
      note: 'the holder is dead: ABANDONED is set until somebody mends it',
    },
    {
      from: 'held',
      event: 'ask',
      to: 'promised',
      note: 'one that has waited too long writes itself into GRANTEE',
    },
    { from: 'free', event: 'ask', to: 'kept', note: 'the same, as the lock became free in between' },
    {
      from: 'promised',
      event: 'leave',
      to: 'kept',
      note: 'only GRANTEE is rung, and all sleepers are woken',
    },
    { from: 'promised', event: 'bury', to: 'kept', note: 'the holder is dead: as above' },
    { from: 'promised', event: 'withdraw', to: 'held', note: 'GRANTEE gave up' },
    {
      from: 'kept',
      event: 'take',
      to: 'held',
      note: 'by GRANTEE; by anybody if it is dead, or late by 10 ms',
    },
    { from: 'kept', event: 'withdraw', to: 'free', note: 'GRANTEE gave up; the next one is told' },
  ],
}

const SEMAPHORE_STATES: StateTable = {
  title: 'A semaphore',
  states: ['some left', 'none left', 'none left, promised', 'some left, kept'],
  transitions: [
    {
      from: 'some left',
      event: 'take',
      to: 'some left',
      note: 'one less; the next waiter is told if more are left',
    },
    { from: 'some left', event: 'take the last', to: 'none left', note: '' },
    { from: 'some left', event: 'leave', to: 'some left', note: 'as many more as are released' },
    { from: 'none left', event: 'leave', to: 'some left', note: 'as many waiters are told' },
    { from: 'none left', event: 'ask', to: 'none left, promised', note: 'as with a lock' },
    { from: 'none left, promised', event: 'leave', to: 'some left, kept', note: 'only GRANTEE is told' },
    { from: 'none left, promised', event: 'withdraw', to: 'none left', note: '' },
    {
      from: 'some left, kept',
      event: 'take',
      to: 'some left',
      note: 'by GRANTEE; others are told if more are left',
    },
    { from: 'some left, kept', event: 'take the last', to: 'none left', note: 'by GRANTEE' },
    { from: 'some left, kept', event: 'withdraw', to: 'some left', note: 'the next one is told' },
  ],
}

const EVENT_STATES: StateTable = {
  title: 'An event',
  states: ['unset', 'set'],
  transitions: [
    { from: 'unset', event: 'set', to: 'set', note: 'counted once more; everybody who waits is told' },
    { from: 'set', event: 'set', to: 'set', note: 'nothing' },
    { from: 'set', event: 'clear', to: 'unset', note: 'who waited before sees that the count has changed' },
  ],
}

const WAITER_STATES: StateTable = {
  title: 'A waiter of a condition',
  states: ['waiting', 'notified', 'woken', 'gone'],
  transitions: [
    {
      from: 'waiting',
      event: 'notify',
      to: 'notified',
      note: 'with the lock, in the pair of its thread; the dead are left out',
    },
    {
      from: 'notified',
      event: 'notice',
      to: 'woken',
      note: 'its thread takes it for the task that waits longest',
    },
    {
      from: 'waiting',
      event: 'give up',
      to: 'gone',
      note: 'with the lock in hand again, so that no notice is lost',
    },
  ],
}

const BARRIER_STATES: StateTable = {
  title: 'A barrier',
  states: ['filling', 'full', 'broken'],
  transitions: [
    { from: 'filling', event: 'arrive', to: 'filling', note: 'one more waits' },
    { from: 'filling', event: 'arrive last', to: 'full', note: 'this one runs the action' },
    { from: 'full', event: 'finish', to: 'filling', note: 'the next round; everybody goes on' },
    { from: 'full', event: 'fail', to: 'broken', note: 'the action threw' },
    { from: 'full', event: 'die', to: 'broken', note: 'who ran the action died, or another that waited' },
    { from: 'filling', event: 'be late', to: 'broken', note: 'a limit or a signal ended the wait of one' },
    { from: 'filling', event: 'abort', to: 'broken', note: '' },
    {
      from: 'filling',
      event: 'die',
      to: 'broken',
      note: 'one that waits, or that came to the round before and is missed',
    },
    { from: 'filling', event: 'reset', to: 'filling', note: 'the next round; who waited gets the error' },
    { from: 'broken', event: 'reset', to: 'filling', note: 'the next round' },
  ],
}

export const TABLES: readonly StateTable[] = [
  LOCK_STATES,
  SEMAPHORE_STATES,
  EVENT_STATES,
  WAITER_STATES,
  BARRIER_STATES,
]

/** The state that the word of a lock stands for. */
export function lockState(word: number): string {
  if ((word & LOW) === 0) return word & HANDOFF ? 'kept' : 'free'
  return word & HANDOFF ? 'promised' : 'held'
}

import assert from 'node:assert/strict'
import type { Outcome, Scenario, Steps } from '../support/steps/index.ts'
import {
  type Attempt,
  block,
  BUSY,
  CAPACITY,
  CLOSED,
  DONE,
  END,
  enlist,
  GET,
  MAXSIZE,
  type Message,
  Newest,
  NOT_NOW,
  PUT,
  resign,
  Ring,
  ringOne,
  RING_WORDS,
  RingReader,
  RingWriter,
  type Side,
  SUCCESS,
  Takers,
  UNIT,
} from './parts.ts'
import { StepMemory } from './step-memory.ts'

/*
 * Rings of a few units, worked on by two or three threads in every order, with threads killed anywhere. A message is
 * one byte: who put it times ten, and the how-manieth it is.
 */

const MEMORY = RING_WORDS
/** Units of the memory that a ring may grow to. */
const UNITS = 16
const TAKERS_HERE = 4
const TABLE = MEMORY + UNITS * 4
const FLAGS = TABLE + TAKERS_HERE * 3
const WORDS = FLAGS + 8
const BYTE = 9

interface Options {
  readonly units?: number
  readonly maxsize?: number
  readonly joinable?: boolean
  /** The newest is taken first. */
  readonly newest?: boolean
  /** Who makes it. One that is not killed. Default 0. */
  readonly maker?: number
}

function ringOf(
  steps: Steps,
  { units = 8, maxsize = 0, joinable = false, newest = false, maker = 0 }: Options,
): Ring {
  const cells = steps.part(0, RING_WORDS)
  const memory = new StepMemory(steps.part(MEMORY, UNITS * 4))
  const takers = joinable
    ? new Takers(steps.part(TABLE, TAKERS_HERE * 3), steps.seats, TAKERS_HERE)
    : undefined
  const ring = new Ring(
    cells,
    steps.seats,
    memory,
    { growth: 'always', name: 'the ring', outOfTurn: newest },
    takers,
  )
  if (steps.me === maker) {
    memory.writeHeader(0, units * UNIT, END, 0)
    cells.store(MAXSIZE, maxsize)
    cells.store(CAPACITY, units)
    cells.wake(CAPACITY, 9)
  }
  while (cells.load(CAPACITY) === 0) cells.sleep(CAPACITY, 0, Number.POSITIVE_INFINITY)
  return ring
}

function message(value: number): Message {
  return { tag: BYTE, aux: 0, bytes: Buffer.from([value]), start: 0, length: 1 }
}

function attemptToPut(ring: Ring, value: number): () => Attempt {
  const writer = new RingWriter(ring)
  const what = message(value)
  return () => {
    const result = writer.begin(what)
    if (result !== SUCCESS) return result
    writer.write(what, 0, 1)
    writer.commit(what)
    return SUCCESS
  }
}

function attemptToTake(ring: Ring, taken: (value: number) => void): () => Attempt {
  const reader = new RingReader(ring, ring.options.outOfTurn === true ? new Newest() : undefined)
  return () => {
    const result = reader.begin()
    if (result !== SUCCESS) return result
    const value = reader.whole().bytes[0] as number
    reader.commit()
    taken(value)
    return SUCCESS
  }
}

type Waits = (steps: Steps, ring: Ring, side: Side, attempt: () => Attempt) => Attempt

/** As a thread that sleeps. */
const asleep =
  (timeout: number): Waits =>
  (_, ring, side, attempt) =>
    block(ring, side, attempt, timeout, 1)

/** As an event loop does, see `Line`: tries, enlists, tries again, and waits for its bell. */
const byBell =
  (limited: boolean): Waits =>
  (steps, ring, side, attempt) => {
    let enlisted = false
    for (;;) {
      let result = attempt()
      if (result === NOT_NOW || result === BUSY) {
        enlisted = true
        enlist(ring.cells, side, steps.me)
        result = attempt()
      }
      if (result === SUCCESS || result === CLOSED) {
        const rung = enlisted && resign(ring.cells, side, steps.me)
        if (rung && (side === PUT || !ring.isEmpty)) ringOne(ring.cells, steps.seats, side)
        return result
      }
      steps.waitForBell(limited)
    }
  }

const SLEEPS = asleep(Number.POSITIVE_INFINITY)
/** Wakes now and then, as all do in the end: where somebody may be killed. */
const DOZES = asleep(1e9)
const LISTENS = byBell(false)
/** Looks by itself now and then, as all do in the end. */
const LOOKS = byBell(true)

const puts =
  (count: number, waits: Waits, options: Options = {}) =>
  (steps: Steps): void => {
    const ring = ringOf(steps, options)
    for (let i = 0; i < count; i++) waits(steps, ring, PUT, attemptToPut(ring, (steps.me + 1) * 10 + i))
    steps.part(FLAGS, 8).store(steps.me, 1)
  }

const takes =
  (count: number, waits: Waits, options: Options = {}) =>
  (steps: Steps): void => {
    const ring = ringOf(steps, options)
    for (let i = 0; i < count; i++)
      waits(
        steps,
        ring,
        GET,
        attemptToTake(ring, value => steps.tell(value)),
      )
  }

/** Takes until all who put are done or dead, and nothing is left. */
const takesUntilTheEnd =
  (writers: readonly number[], options: Options = {}) =>
  (steps: Steps): void => {
    const ring = ringOf(steps, options)
    const flags = steps.part(FLAGS, 8)
    const take = attemptToTake(ring, value => steps.tell(value))
    const over = (): boolean =>
      writers.every(writer => flags.load(writer) === 1 || !steps.seats.isAlive(writer + 1))
    const attempt = (): Attempt => {
      const result = take()
      return result === NOT_NOW && over() && ring.isEmpty ? CLOSED : result
    }
    // Like a reader that looks at the other end's life: a death rings nobody.
    while (block(ring, GET, attempt, 1e9, 1) === SUCCESS) steps.pause()
  }

/** Each message once, and those of one thread in order. */
const allOf =
  (...expected: number[]) =>
  ({ told }: Outcome): void => {
    const values = told.map(({ value }) => value)
    assert.deepEqual(
      values.toSorted((a, b) => a - b),
      expected,
    )
  }

const inOrder = ({ told }: Outcome): void => {
  for (const reader of new Set(told.map(({ thread }) => thread))) {
    const mine = told.filter(({ thread }) => thread === reader).map(({ value }) => value)
    for (const writer of new Set(mine.map(value => Math.floor(value / 10)))) {
      const values = mine.filter(value => Math.floor(value / 10) === writer)
      assert.deepEqual(
        values,
        values.toSorted((a, b) => a - b),
      )
    }
  }
}

const both =
  (...checks: ((outcome: Outcome) => void)[]) =>
  (outcome: Outcome): void => {
    for (const check of checks) check(outcome)
  }

/** A prefix of what each thread wanted to put; nothing twice, nothing torn. */
const onlyWhole =
  (mostOf: number) =>
  ({ told }: Outcome): void => {
    const values = told.map(({ value }) => value)
    assert.equal(new Set(values).size, values.length, `doubled: ${values.join()}`)
    for (const value of values) assert.ok(value % 10 < mostOf, `torn: ${value}`)
  }

/** Who was not killed has got everything through. */
const survivorsLostNothing =
  (count: number, writers: readonly number[]) =>
  ({ told, dead }: Outcome): void => {
    for (const writer of writers.filter(thread => !dead.includes(thread))) {
      const values = told
        .filter(({ value }) => Math.floor(value / 10) === writer + 1)
        .map(({ value }) => value)
      assert.equal(values.length, count, `of thread ${writer}: ${values.join()}`)
    }
  }

const small: Options = { units: 4 }

export const scenarios: Record<string, Scenario> = {
  'one puts, one takes, asleep': {
    words: WORDS,
    threads: [puts(2, SLEEPS), takes(2, SLEEPS)],
    check: both(allOf(10, 11), inOrder),
  },
  'one puts, one takes, by bell': {
    words: WORDS,
    threads: [puts(2, LISTENS), takes(2, LISTENS)],
    check: both(allOf(10, 11), inOrder),
  },
  'two put': {
    words: WORDS,
    threads: [puts(1, SLEEPS), puts(1, LISTENS), takes(2, SLEEPS)],
    check: allOf(10, 20),
  },
  'two take': {
    words: WORDS,
    threads: [puts(2, SLEEPS), takes(1, SLEEPS), takes(1, LISTENS)],
    check: both(allOf(10, 11), inOrder),
  },
  'two take by bell': {
    words: WORDS,
    threads: [puts(2, SLEEPS), takes(1, LISTENS), takes(1, LISTENS)],
    check: allOf(10, 11),
  },
  'a full queue makes wait': {
    words: WORDS,
    threads: [puts(2, SLEEPS, { maxsize: 1 }), takes(2, SLEEPS, { maxsize: 1 })],
    check: both(allOf(10, 11), inOrder),
  },
  'a full queue makes wait by bell': {
    words: WORDS,
    threads: [puts(2, LISTENS, { maxsize: 1 }), takes(2, LISTENS, { maxsize: 1 })],
    check: both(allOf(10, 11), inOrder),
  },
  'it grows while others take': {
    words: WORDS,
    threads: [puts(3, SLEEPS, small), takes(3, SLEEPS, small)],
    check: both(allOf(10, 11, 12), inOrder),
  },
  'one that puts is killed': {
    words: WORDS,
    threads: [takesUntilTheEnd([1], small), puts(2, DOZES, small)],
    kills: 1,
    mayDie: [1],
    slices: true,
    check: both(onlyWhole(2), survivorsLostNothing(2, [1])),
  },
  'one of two that put is killed': {
    words: WORDS,
    threads: [takesUntilTheEnd([1, 2]), puts(1, DOZES), puts(1, DOZES)],
    kills: 1,
    mayDie: [1],
    slices: true,
    check: both(onlyWhole(1), survivorsLostNothing(1, [1, 2])),
  },
  'one of two that take is killed': {
    words: WORDS,
    threads: [
      puts(2, LOOKS, { maxsize: 1 }),
      takesUntilTheEnd([0], { maxsize: 1 }),
      takesUntilTheEnd([0], { maxsize: 1 }),
    ],
    kills: 1,
    mayDie: [1],
    slices: true,
    check: both(onlyWhole(2), ({ told }) => assert.ok(told.length >= 1)),
  },
  'one of two that take the newest is killed': {
    words: WORDS,
    threads: [
      puts(3, LOOKS, { newest: true }),
      takesUntilTheEnd([0], { newest: true }),
      takesUntilTheEnd([0], { newest: true }),
    ],
    kills: 1,
    mayDie: [1],
    slices: true,
    check: both(onlyWhole(3), ({ told, dead }) => assert.ok(told.length >= 3 - dead.length)),
  },
  'one puts, two take the newest': {
    words: WORDS,
    threads: [
      puts(3, SLEEPS, { newest: true }),
      takes(2, SLEEPS, { newest: true }),
      takes(1, LISTENS, { newest: true }),
    ],
    check: allOf(10, 11, 12),
  },
  'who takes is killed, and what it took is accounted for': {
    words: WORDS,
    threads: [
      steps => {
        const ring = ringOf(steps, { joinable: true })
        for (const value of [10, 11]) SLEEPS(steps, ring, PUT, attemptToPut(ring, value))
        // Then takes what is left and does the work of it; what the other took is buried when it is dead.
        const takers = ring.ledger as Takers
        const take = attemptToTake(ring, () => {
          ring.cells.add(DONE, 1)
          takers.settled()
        })
        while (((ring.puts() - ring.cells.load(DONE)) | 0) > 0) {
          const result = block(ring, GET, take, 1, 1)
          assert.ok(result === SUCCESS || result === NOT_NOW)
          if (!steps.seats.isAlive(2)) {
            ring.locked(GET, () => {
              takers.bury(ring)
              return SUCCESS
            })
          }
          if (result === NOT_NOW) steps.pause()
        }
        if (ring.cells.load(DONE) !== 2) steps.fail(`${ring.cells.load(DONE)} are done`)
      },
      steps => {
        const ring = ringOf(steps, { joinable: true })
        const takers = ring.ledger as Takers
        const take = attemptToTake(ring, () => {
          ring.cells.add(DONE, 1)
          takers.settled()
        })
        block(ring, GET, take, 1, 1)
      },
    ],
    kills: 1,
    mayDie: [1],
    slices: true,
  },
}

/*
 * The words that the threads of an exploration and its controller share. One thread runs at a time: who has the
 * turn decides at its next step who gets it, by the schedule as far as that goes, then by itself. So a schedule
 * with few changes of thread costs few switches of the operating system.
 */

export const MOST_THREADS = 8
export const MOST_STEPS = 4000
export const MOST_TOLD = 512
const MOST_TEXT = 4096

/** Where a thread stands. */
export const STATUS = { ready: 0, asleep: 1, ended: 2, dead: 3 } as const
/** What may happen at a step: the thread goes on, the time that it sleeps for passes, it is killed. */
export const ACTION = { run: 0, timeOut: 1, die: 2 } as const

/** Thrown in a thread whose run is over before its end: killed, or stopped because another failed. */
export class Stopped extends Error {}

const WORD = {
  round: 0,
  done: 1,
  step: 2,
  scheduled: 3,
  stopping: 4,
  threads: 5,
  kills: 6,
  timeouts: 7,
  slices: 8,
  last: 9,
  order: 10,
  inside: 11,
  told: 12,
  textLength: 13,
  quit: 14,
  mostInside: 15,
  mayDie: 16,
} as const
const PER_THREAD = { go: 0, status: 1, sleepsOn: 2, since: 3, action: 4, limited: 5, inside: 6 } as const
const THREADS = 32
const SCHEDULE = THREADS + MOST_THREADS * 8
const LOG = SCHEDULE + MOST_STEPS
const TOLD = LOG + MOST_STEPS * 4
const SIZE = TOLD + MOST_TOLD * 2

/** What could have happened at a step, as one bit for each thread, and what did. */
export interface Decision {
  readonly chosen: number
  readonly run: number
  readonly timeOut: number
  readonly die: number
  /** What is chosen where the schedule says nothing. */
  readonly own: number
}

/** What a scenario allows, see `Scenario`. */
export interface Rules {
  readonly threads: number
  readonly kills: number
  readonly mayDie: number
  readonly timeouts: number
  readonly slices: boolean
  readonly mostInside: number
}

export class Control {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array
  readonly #text: Uint8Array
  /** Set when this thread's run is over: whatever it still tries on its way out must touch nothing. */
  #over: Stopped | undefined

  constructor(buffer = new SharedArrayBuffer(SIZE * 4 + MOST_TEXT)) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer, 0, SIZE)
    this.#text = new Uint8Array(buffer, SIZE * 4)
  }

  // ── the controller's side ────────────────────────────────────────────────────────────────────────────────

  /** Runs all threads once, by `schedule`. False when they made no step for five seconds. */
  runOnce(schedule: readonly number[], rules: Rules): boolean {
    const words = this.#words
    words.fill(0, WORD.done, WORD.quit)
    words.fill(0, THREADS, SCHEDULE)
    words[WORD.scheduled] = schedule.length
    schedule.forEach((choice, i) => (words[SCHEDULE + i] = choice))
    words[WORD.threads] = rules.threads
    words[WORD.kills] = rules.kills
    words[WORD.mayDie] = rules.mayDie
    words[WORD.timeouts] = rules.timeouts
    words[WORD.slices] = Number(rules.slices)
    words[WORD.mostInside] = rules.mostInside
    words[WORD.last] = -1
    Atomics.add(words, WORD.round, 1)
    Atomics.notify(words, WORD.round)
    this.decide(-1)
    for (let before = -1; Atomics.load(words, WORD.done) === 0; ) {
      if (Atomics.wait(words, WORD.done, 0, 5000) !== 'timed-out') continue
      if (before === words[WORD.step]) return false
      before = this.#at(WORD.step)
    }
    return true
  }

  end(): void {
    this.#words[WORD.quit] = 1
    Atomics.add(this.#words, WORD.round, 1)
    Atomics.notify(this.#words, WORD.round)
  }

  decisions(): Decision[] {
    return Array.from({ length: Math.min(this.#at(WORD.step), MOST_STEPS) }, (_, i) => {
      const [chosen = 0, both = 0, die = 0, own = 0] = this.#words.subarray(LOG + i * 4, LOG + i * 4 + 4)
      return { chosen, run: both & 0xff, timeOut: both >> 8, die, own }
    })
  }

  told(): { thread: number; value: number }[] {
    return Array.from({ length: this.#at(WORD.told) }, (_, i) => ({
      thread: this.#at(TOLD + i * 2),
      value: this.#at(TOLD + i * 2 + 1),
    }))
  }

  isDead(thread: number): boolean {
    return this.#get(thread, 'status') === STATUS.dead
  }

  failure(): string | undefined {
    const length = this.#at(WORD.textLength)
    return length === 0 ? undefined : new TextDecoder().decode(this.#text.slice(0, length))
  }

  // ── the threads' side ────────────────────────────────────────────────────────────────────────────────────

  /** Waits for the next round; false when there is none. */
  nextRound(seen: { round: number }): boolean {
    for (;;) {
      const round = Atomics.load(this.#words, WORD.round)
      if (round !== seen.round) {
        seen.round = round
        return this.#at(WORD.quit) === 0
      }
      Atomics.wait(this.#words, WORD.round, round)
    }
  }

  /** Until this thread gets the turn for the first time. */
  begin(me: number): void {
    this.#over = undefined
    this.#awaitTurn(me)
  }

  /** Before each operation: somebody may go first. */
  step(me: number): void {
    if (this.#over) throw this.#over
    this.decide(me)
  }

  /** Lies down until woken. True when the time passed instead. */
  sleep(me: number, word: number, limited: boolean): boolean {
    if (this.#over) throw this.#over
    this.#set(me, 'status', STATUS.asleep)
    this.#set(me, 'sleepsOn', word)
    this.#set(me, 'limited', Number(limited))
    this.#set(me, 'since', (this.#words[WORD.order] = this.#at(WORD.order) + 1))
    return this.decide(me) === ACTION.timeOut
  }

  /** Those who sleep on the word, longest first. */
  wake(word: number, count: number): void {
    const sleepers = this.#threads()
      .filter(
        thread => this.#get(thread, 'status') === STATUS.asleep && this.#get(thread, 'sleepsOn') === word,
      )
      .toSorted((a, b) => this.#get(a, 'since') - this.#get(b, 'since'))
    for (const thread of sleepers.slice(0, count)) this.#set(thread, 'status', STATUS.ready)
  }

  finish(me: number, dead: boolean): void {
    this.#set(me, 'status', dead ? STATUS.dead : STATUS.ended)
    if (dead) this.#words[WORD.inside] = this.#at(WORD.inside) - this.#get(me, 'inside')
    this.decide(me)
  }

  tell(thread: number, value: number): void {
    const at = this.#at(WORD.told)
    if (at >= MOST_TOLD) return
    this.#words[TOLD + at * 2] = thread
    this.#words[TOLD + at * 2 + 1] = value
    this.#words[WORD.told] = at + 1
  }

  /** From now on it may be killed, or not. */
  setMortal(me: number, mortal: boolean): void {
    const bit = 1 << me
    this.#words[WORD.mayDie] = mortal ? this.#at(WORD.mayDie) | bit : this.#at(WORD.mayDie) & ~bit
  }

  enter(me: number): void {
    this.#set(me, 'inside', this.#get(me, 'inside') + 1)
    const inside = (this.#words[WORD.inside] = this.#at(WORD.inside) + 1)
    if (inside > this.#at(WORD.mostInside)) this.fail(`${inside} threads are inside at once`)
  }

  leave(me: number): void {
    this.#set(me, 'inside', this.#get(me, 'inside') - 1)
    this.#words[WORD.inside] = this.#at(WORD.inside) - 1
  }

  /** The first failure of a run counts; everybody is stopped. */
  fail(text: string): void {
    if (this.#at(WORD.stopping) === 0) {
      const bytes = new TextEncoder().encode(text).subarray(0, MOST_TEXT)
      this.#text.set(bytes)
      this.#words[WORD.textLength] = bytes.length
    }
    this.#words[WORD.stopping] = 1
  }

  // ── whose turn it is ─────────────────────────────────────────────────────────────────────────────────────

  /** Hands the turn on (to `me` again, mostly) and waits for it. Answers what is to happen to `me` then. */
  decide(me: number): number {
    const next = this.#at(WORD.stopping) === 1 ? undefined : this.#choose()
    if (next === undefined) return this.#stopAll(me)
    const thread = next % MOST_THREADS
    const action = Math.floor(next / MOST_THREADS)
    if (action === ACTION.timeOut) this.#set(thread, 'status', STATUS.ready)
    this.#words[WORD.last] = thread
    // Asked before the turn goes on: after that, another run may have begun.
    const mine = me >= 0 && this.#running(me)
    if (thread === me && mine) return this.#act(action)
    this.#set(thread, 'action', action)
    this.#go(thread)
    return mine ? this.#awaitTurn(me) : ACTION.run
  }

  /** Nobody goes on: each thread that still runs is woken to stop; the last one tells the controller. */
  #stopAll(me: number): number {
    const next = this.#threads().find(thread => thread !== me && this.#running(thread))
    if (me >= 0 && this.#running(me)) this.#stop('')
    if (next !== undefined) this.#go(next)
    else {
      Atomics.store(this.#words, WORD.done, 1)
      Atomics.notify(this.#words, WORD.done)
    }
    return ACTION.run
  }

  #awaitTurn(me: number): number {
    const word = THREADS + me * 8 + PER_THREAD.go
    while (Atomics.exchange(this.#words, word, 0) === 0) Atomics.wait(this.#words, word, 0)
    if (this.#at(WORD.stopping) === 1) this.#stop('')
    return this.#act(this.#get(me, 'action'))
  }

  #act(action: number): number {
    if (action === ACTION.die) this.#stop('killed')
    return action
  }

  #stop(why: string): never {
    this.#over = new Stopped(why)
    throw this.#over
  }

  #go(thread: number): void {
    const word = THREADS + thread * 8 + PER_THREAD.go
    Atomics.store(this.#words, word, 1)
    Atomics.notify(this.#words, word)
  }

  /** By the schedule, then whoever ran last, then the first who can. `undefined` when the run is over. */
  #choose(): number | undefined {
    const threads = this.#threads()
    const bits = (can: (thread: number) => boolean): number =>
      threads.reduce((sum, thread) => sum | (can(thread) ? 1 << thread : 0), 0)
    const run = bits(thread => this.#get(thread, 'status') === STATUS.ready)
    const limited = bits(
      thread => this.#get(thread, 'status') === STATUS.asleep && this.#get(thread, 'limited') === 1,
    )
    const alive = bits(thread => this.#running(thread))
    if (alive === 0) return undefined
    const timeOut =
      this.#at(WORD.timeouts) > 0
        ? limited
        : run === 0 && this.#at(WORD.slices) === 1
          ? this.#longest(limited)
          : 0
    const die = this.#at(WORD.kills) > 0 ? alive & this.#at(WORD.mayDie) : 0
    if (run === 0 && timeOut === 0) {
      this.fail('all threads wait for each other')
      return undefined
    }
    const step = this.#at(WORD.step)
    if (step >= MOST_STEPS) {
      this.fail(`no end after ${MOST_STEPS} steps`)
      return undefined
    }
    const own = this.#own(run, timeOut)
    const chosen = step < this.#at(WORD.scheduled) ? this.#at(SCHEDULE + step) : own
    const log = LOG + step * 4
    this.#words[log] = chosen
    this.#words[log + 1] = run | (timeOut << 8)
    this.#words[log + 2] = die
    this.#words[log + 3] = own
    this.#words[WORD.step] = step + 1
    const action = Math.floor(chosen / MOST_THREADS)
    if (action === ACTION.die) this.#words[WORD.kills] = this.#at(WORD.kills) - 1
    if (action === ACTION.timeOut && run !== 0) this.#words[WORD.timeouts] = this.#at(WORD.timeouts) - 1
    return chosen
  }

  #own(run: number, timeOut: number): number {
    const last = this.#at(WORD.last)
    if (last >= 0 && run & (1 << last)) return last
    return run !== 0 ? lowest(run) : lowest(timeOut) + MOST_THREADS * ACTION.timeOut
  }

  /** Time passes for the one that has slept longest, so that each gets to look after the dead. */
  #longest(sleepers: number): number {
    const since = (thread: number): number => this.#get(thread, 'since')
    const [first] = this.#threads()
      .filter(thread => sleepers & (1 << thread))
      .toSorted((a, b) => since(a) - since(b))
    return first === undefined ? 0 : 1 << first
  }

  #threads(): number[] {
    return Array.from({ length: this.#at(WORD.threads) }, (_, thread) => thread)
  }

  #running(thread: number): boolean {
    return this.#get(thread, 'status') < STATUS.ended
  }

  #at(word: number): number {
    return this.#words[word] ?? 0
  }

  #get(thread: number, field: keyof typeof PER_THREAD): number {
    return this.#at(THREADS + thread * 8 + PER_THREAD[field])
  }

  #set(thread: number, field: keyof typeof PER_THREAD, value: number): void {
    this.#words[THREADS + thread * 8 + PER_THREAD[field]] = value
  }
}

export function lowest(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

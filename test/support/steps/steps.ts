import { writeSync } from 'node:fs'
import type { Cells, Seats } from '../../../src/memory/index.ts'
import type { Control } from './control.ts'

/** With MANYCORE_STEPS=1 each thread says what it does: for the replay of a single schedule. */
const tracing = process.env['MANYCORE_STEPS'] === '1'
function trace(thread: number, what: () => string): void {
  if (tracing) writeSync(2, `${thread}: ${what()}\n`)
}

/** What the threads of an exploration have: shared words, seats, and a few things to say to the controller. */
export class Steps {
  /** Which of the scenario's threads this is: 0, 1, … Its seat is one more. */
  readonly me: number
  readonly cells: Cells
  readonly seats: Seats
  readonly #control: Control
  readonly #words: Int32Array
  readonly #bell: number
  /** Set when the last sleep of this thread ended because time passed. */
  timedOut = false

  constructor(me: number, control: Control, words: Int32Array, bells: number) {
    this.me = me
    this.#control = control
    this.#words = words
    this.#bell = bells + me
    this.cells = new StepCells(this, control, words, 0, bells)
    this.seats = new StepSeats(me, control, words, bells)
  }

  /** A part of the words, as another cell. */
  part(offset: number, count: number): Cells {
    return new StepCells(this, this.#control, this.#words, offset, count)
  }

  /** Runs `body` where only the scenario's `mostInside` threads may be at a time. */
  inside(body: () => void = () => {}): void {
    this.#control.enter(this.me)
    this.#control.step(this.me)
    body()
    this.#control.leave(this.me)
  }

  /** Something to be checked in the end. */
  tell(value: number): void {
    this.#control.tell(this.me, value)
  }

  /** Stands for an event loop: waits until it is rung, or was since the last time. True when time passed instead. */
  waitForBell(limited = true): boolean {
    this.#control.step(this.me)
    const rung = this.#words[this.#bell] === 1
    const late = rung ? false : this.#control.sleep(this.me, this.#bell, limited)
    this.#words[this.#bell] = 0
    trace(this.me, () => (late ? 'heard no bell' : 'heard its bell'))
    return late
  }

  /** From now on this thread may be killed, or not, whatever the scenario says. */
  setMortal(mortal: boolean): void {
    this.#control.setMortal(this.me, mortal)
  }

  /** A step that touches nothing: here others may come between. */
  pause(): void {
    this.#control.step(this.me)
  }

  fail(text: string): never {
    this.#control.fail(text)
    throw new Error(text)
  }
}

/** Cells that stop before each operation until they get the turn. */
class StepCells implements Cells {
  readonly length: number
  readonly #steps: Steps
  readonly #control: Control
  readonly #words: Int32Array
  readonly #offset: number

  constructor(steps: Steps, control: Control, words: Int32Array, offset: number, length: number) {
    this.length = length
    this.#steps = steps
    this.#control = control
    this.#words = words
    this.#offset = offset
  }

  load(word: number): number {
    return this.#change(word, 'load', old => old)
  }

  store(word: number, value: number): void {
    this.#change(word, 'store', () => value)
  }

  exchange(word: number, value: number): number {
    return this.#change(word, 'exchange', () => value)
  }

  compareExchange(word: number, expected: number, replacement: number): number {
    return this.#change(word, 'compareExchange', old => (old === (expected | 0) ? replacement : old))
  }

  add(word: number, by: number): number {
    return this.#change(word, 'add', old => old + by)
  }

  and(word: number, mask: number): number {
    return this.#change(word, 'and', old => old & mask)
  }

  or(word: number, mask: number): number {
    return this.#change(word, 'or', old => old | mask)
  }

  sleep(word: number, expected: number, ms: number): void {
    this.#control.step(this.#steps.me)
    trace(this.#steps.me, () => `sleep ${this.#offset + word} while ${(expected >>> 0).toString(16)}`)
    if (this.#words[this.#offset + word] !== (expected | 0)) return
    const limited = ms !== Number.POSITIVE_INFINITY
    this.#steps.timedOut = this.#control.sleep(this.#steps.me, this.#offset + word, limited)
  }

  wake(word: number, count: number): void {
    this.#control.step(this.#steps.me)
    trace(this.#steps.me, () => `wake ${this.#offset + word}`)
    this.#control.wake(this.#offset + word, count)
  }

  #change(word: number, name: string, how: (old: number) => number): number {
    if (!(word >= 0 && word < this.length)) throw new RangeError(`there is no word ${word}`)
    this.#control.step(this.#steps.me)
    const at = this.#offset + word
    const old = this.#words[at] ?? 0
    const next = (this.#words[at] = how(old))
    trace(this.#steps.me, () => `${name} ${at}: ${(old >>> 0).toString(16)} → ${(next >>> 0).toString(16)}`)
    return old
  }
}

/** Thread i has seat i + 1 and lane i. */
class StepSeats implements Seats {
  readonly me: number
  readonly #control: Control
  readonly #words: Int32Array
  readonly #bells: number

  constructor(me: number, control: Control, words: Int32Array, bells: number) {
    this.me = me + 1
    this.#control = control
    this.#words = words
    this.#bells = bells
  }

  isAlive(seat: number): boolean {
    this.#control.step(this.me - 1)
    const alive = seat > 0 && !this.#control.isDead(seat - 1)
    trace(this.me - 1, () => `seat ${seat} is ${alive ? 'alive' : 'dead'}`)
    return alive
  }

  lane(seat: number): number {
    return seat - 1
  }

  ring(low: number): void {
    this.#control.step(this.me - 1)
    trace(this.me - 1, () => `ring ${low.toString(2)}`)
    for (let lane = 0; lane < 8; lane++) {
      if ((low & (1 << lane)) === 0) continue
      this.#words[this.#bells + lane] = 1
      this.#control.wake(this.#bells + lane, 1)
    }
  }

  listen(): { close(): void } {
    throw new Error('threads that are explored have no event loop: they wait for their bell')
  }
}

import type { Cells, Seats } from '../../../src/memory/index.ts'
import type { Control } from './control.ts'

/** What the threads of an exploration have: shared words, seats, and a few things to say to the controller. */
export class Steps {
  /** Which of the scenario's threads this is: 0, 1, … Its seat is one more. */
  readonly me: number
  readonly cells: Cells
  readonly seats: Seats
  readonly #control: Control
  readonly #words: Int32Array
  readonly #bell: number

  constructor(me: number, control: Control, words: Int32Array, bells: number) {
    this.me = me
    this.#control = control
    this.#words = words
    this.#bell = bells + me
    this.cells = new StepCells(me, control, words, 0, bells)
    this.seats = new StepSeats(me, control, words, bells)
  }

  /** A part of the words, as another cell. */
  part(offset: number, count: number): Cells {
    return new StepCells(this.me, this.#control, this.#words, offset, count)
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
    return late
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
  readonly #me: number
  readonly #control: Control
  readonly #words: Int32Array
  readonly #offset: number

  constructor(me: number, control: Control, words: Int32Array, offset: number, length: number) {
    this.length = length
    this.#me = me
    this.#control = control
    this.#words = words
    this.#offset = offset
  }

  load(word: number): number {
    return this.#change(word, old => old)
  }

  store(word: number, value: number): void {
    this.#change(word, () => value)
  }

  exchange(word: number, value: number): number {
    return this.#change(word, () => value)
  }

  compareExchange(word: number, expected: number, replacement: number): number {
    return this.#change(word, old => (old === (expected | 0) ? replacement : old))
  }

  add(word: number, by: number): number {
    return this.#change(word, old => old + by)
  }

  and(word: number, mask: number): number {
    return this.#change(word, old => old & mask)
  }

  or(word: number, mask: number): number {
    return this.#change(word, old => old | mask)
  }

  sleep(word: number, expected: number, ms: number): void {
    this.#control.step(this.#me)
    if (this.#words[this.#offset + word] !== (expected | 0)) return
    this.#control.sleep(this.#me, this.#offset + word, ms !== Number.POSITIVE_INFINITY)
  }

  wake(word: number, count: number): void {
    this.#control.step(this.#me)
    this.#control.wake(this.#offset + word, count)
  }

  #change(word: number, how: (old: number) => number): number {
    if (!(word >= 0 && word < this.length)) throw new RangeError(`there is no word ${word}`)
    this.#control.step(this.#me)
    const at = this.#offset + word
    const old = this.#words[at] ?? 0
    this.#words[at] = how(old)
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
    return seat > 0 && !this.#control.isDead(seat - 1)
  }

  lane(seat: number): number {
    return seat - 1
  }

  ring(low: number): void {
    this.#control.step(this.me - 1)
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

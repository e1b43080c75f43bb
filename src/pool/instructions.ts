import { afterThis } from '../base/index.ts'
import type { Instruction } from './plan-words.ts'

/** What the plan has said, carried out in that order: carrying one out may cause the next event, and so more of them. */
export class Instructions<T> {
  readonly #carryOut: (instruction: Instruction<T>) => void
  readonly #waiting: Instruction<T>[] = []
  readonly #mayThrow: () => boolean
  #carrying = false

  /** `mayThrow`: is there somebody to throw to, who gives up then? */
  constructor(carryOut: (instruction: Instruction<T>) => void, mayThrow: () => boolean) {
    this.#carryOut = carryOut
    this.#mayThrow = mayThrow
  }

  follow(instructions: readonly Instruction<T>[]): void {
    for (const instruction of instructions) this.#waiting.push(instruction)
    if (this.#carrying || this.#waiting.length === 0) return
    this.#carrying = true
    try {
      for (let at = 0; at < this.#waiting.length; at++) this.#one(this.#waiting[at] as Instruction<T>)
    } finally {
      this.#waiting.length = 0
      this.#carrying = false
    }
  }

  #one(instruction: Instruction<T>): void {
    try {
      this.#carryOut(instruction)
    } catch (error) {
      if (this.#mayThrow()) throw error
      // It must not cost the others: the plan takes all of them for done.
      afterThis(() => {
        throw error
      })
    }
  }
}

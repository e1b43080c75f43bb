import type { Cell } from '../memory/index.ts'
import { Semaphore, type SemaphoreOptions } from './semaphore.ts'
import { OWN } from './words.ts'

/**
 * A semaphore that never has more units than at first: releasing too often throws `UsageError`
 * (`RELEASED_TOO_OFTEN`), on every system. Python: `BoundedSemaphore`.
 * @example
 * const places = new BoundedSemaphore(2)
 * await places.run(() => places.value)   // 1
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number

  /** @param value  how many units there are, from 0. Default 1. */
  constructor(value = 1, options: SemaphoreOptions = {}, cell?: Cell) {
    super(value, options, cell)
    if (!cell) this.cell.cells.store(OWN, value)
    this.#bound = this.cell.cells.load(OWN)
  }

  protected override get bound(): number {
    return this.#bound
  }
}

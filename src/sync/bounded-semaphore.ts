import type { Cell } from '../memory/index.ts'
import { Places } from './places.ts'
import { Semaphore } from './semaphore.ts'

/**
 * A semaphore that never has more units than at first: releasing too often throws `UsageError`
 * (`RELEASED_TOO_OFTEN`), on every system. Python: `BoundedSemaphore`.
 *
 * Beyond Python: what a thread has taken and not released when it dies is given back as soon as somebody lacks it.
 * @example
 * const places = new BoundedSemaphore(2)
 * await places.run(() => places.value)   // 1
 */
export class BoundedSemaphore extends Semaphore {
  // Its constructor is the same: `value` is how many units there are, from 0, by default 1.

  /** @internal */
  protected override make(cell: Cell, value: number | undefined): Places {
    const places = new Places(cell)
    if (value !== undefined) places.begin(value)
    return places
  }

  /** @internal */
  protected override get bound(): number {
    return (this.units as Places).bound
  }
}

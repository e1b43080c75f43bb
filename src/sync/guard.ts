/** Who gave out a guard. */
export interface Guarded {
  readonly name: string
  /** @internal Ends what this guard stands for, if that has not been done otherwise. */
  releaseGuard(guard: Guard): void
}

/**
 * Stands for one acquisition of a lock or a unit of a semaphore. Released at the end of its scope with `using`, or
 * by `release()`; once is enough, more does no harm.
 * @example
 * const lock = new Lock()
 * const guard = await lock.acquire()
 * guard.abandoned   // false
 * guard.release()
 * lock.locked()   // false
 */
export class Guard {
  /** Whether a holder before died with the lock, so that what it guards may be half changed. */
  readonly abandoned: boolean
  #from: Guarded | undefined

  /** Made by locks and semaphores alone. */
  constructor(from: Guarded, abandoned: boolean) {
    this.#from = from
    this.abandoned = abandoned
  }

  /** Releases it, unless that was done before. */
  release(): void {
    const from = this.#from
    this.#from = undefined
    from?.releaseGuard(this)
  }

  /** `release()`, at the end of a scope with `using`. */
  [Symbol.dispose](): void {
    this.release()
  }

  /** `release()`, at the end of a scope with `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.release()
  }

  /** `<Guard Lock-1>`. */
  toString(): string {
    return `<Guard ${this.#from ? this.#from.name : 'released'}${this.abandoned ? ' abandoned' : ''}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

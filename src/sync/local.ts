import { checkFunction } from '../base/index.ts'
import { AsyncLocalStorage } from 'node:async_hooks'
import { allocateCell, type Cell } from '../memory/index.ts'

/** One value, changed in place: so a task sees what it set before it stood still. */
interface Box<T> {
  value: T
}

/**
 * A value for each thread, and within a thread for each asynchronous context. Python: `threading.local`, and
 * `contextvars.ContextVar`.
 *
 * A thread, and whatever `run` calls, has its own; what it calls and starts in turn inherits it. Sent to another
 * thread it is the same `Local`, without a value there.
 * @example
 * const student = new Local()
 * student.run('Ada', () => student.value)   // 'Ada'
 * student.value   // undefined
 */
export class Local<T = unknown> {
  readonly #boxes = new AsyncLocalStorage<Box<T>>()
  readonly #initial: (() => T) | undefined
  /** What is outside of every `run`. */
  #outside: Box<T> | undefined

  /** What tells it from others where it arrives; most never travel. */
  #identity: Cell | undefined

  /** @param initial  makes the value where none was set: once for each thread */
  constructor(initial?: () => T, identity?: Cell) {
    if (initial !== undefined) checkFunction('Local', initial)
    this.#initial = initial
    this.#identity = identity
  }

  /**
   * The value here; `undefined` where none was set and there is no initial one. Setting it holds for this thread, or inside
   * of `run` for what was called by it.
   */
  get value(): T | undefined {
    const box = this.#boxes.getStore() ?? this.#outside
    if (box) return box.value
    if (!this.#initial) return undefined
    this.#outside = { value: this.#initial() }
    return this.#outside.value
  }

  set value(value: T) {
    const box = this.#boxes.getStore() ?? this.#outside
    if (box) box.value = value
    else this.#outside = { value }
  }

  /** Calls `fn` with a value of its own, which ends with it. Gives what `fn` gives. */
  run<R>(value: T, fn: () => R): R {
    return this.#boxes.run({ value }, fn)
  }

  /** `<Local set>`. */
  toString(): string {
    return `<Local ${(this.#boxes.getStore() ?? this.#outside) ? 'set' : 'unset'}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** @internal */
  get identity(): Cell {
    return (this.#identity ??= allocateCell())
  }

  /** @internal */
  get initial(): (() => T) | undefined {
    return this.#initial
  }
}

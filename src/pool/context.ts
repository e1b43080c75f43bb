import {
  checkMethod,
  getStartMethod,
  Process,
  type ProcessOptions,
  type StartMethod,
} from '../worker/index.ts'
import { createError } from '../base/index.ts'
import type { PoolOptions } from './options.ts'
import { Pool } from './pool.ts'

/**
 * The API with the start method fixed: what `getContext` gives. Python: a context object.
 * @example
 * import { getContext } from 'manycore'
 * const context = getContext('spawn')
 * context.getStartMethod()   // 'spawn'
 */
export class Context {
  readonly #method: StartMethod

  constructor(method: StartMethod) {
    this.#method = method
  }

  /** A `Process` that is started this context's way. */
  Process<A extends readonly unknown[], R>(options: ProcessOptions<A, R> = {}): Process<A, R> {
    return new Process({ ...options, context: this.#method })
  }

  /** A `Pool` whose workers are started this context's way. */
  Pool(options: number | 'auto' | PoolOptions<never> = {}): Pool {
    const given = typeof options === 'number' || options === 'auto' ? { processes: options } : options
    return new Pool({ ...given, context: this.#method })
  }

  /** This context's. Python: `get_start_method`. */
  getStartMethod(): StartMethod {
    return this.#method
  }

  /** A context's method can't change: always refuses. Errors: `CONTEXT_ALREADY_SET`. */
  setStartMethod(_method: StartMethod): never {
    throw createError('CONTEXT_ALREADY_SET', { method: this.#method })
  }

  /** Itself, or the context of another method. */
  getContext(method?: StartMethod): Context {
    return method === undefined ? this : getContext(method)
  }

  /** `<Context spawn>`. */
  toString(): string {
    return `<Context ${this.#method}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

/**
 * The API with a fixed start method. Python: `get_context`.
 * @param method `'warm'` or `'spawn'`. Default: the one in force.
 * Errors: `WRONG_OPTION`.
 */
export function getContext(method: StartMethod = getStartMethod()): Context {
  checkMethod('getContext', method)
  return new Context(method)
}

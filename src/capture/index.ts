/** capture: a function → something portable → a function again. (Contract; being built.) */
import type { Abilities, Graph } from '../codec/index.ts'

/** A function that is ready to travel. */
export interface Portable {
  /** Equal for the same function with the same captured values: a worker that has it is not sent it again. */
  readonly hash: string
  /** Its root is the function. `prepare` and `unpack` of the codec give it back. */
  readonly graph: Graph
  /** Nothing that it captures can change, so capturing the same function object again would give the same hash. */
  readonly stable: boolean
  /** The function's name for messages: `work`, `(anonymous)`. */
  readonly name: string
}

/**
 * Makes a function portable: its values are taken now, synchronously. Throws a `CaptureError` when it can't travel.
 * A promise only where the module's namespace can't be had synchronously (a module with top-level await).
 * `where` is the call for messages: `pool.map`.
 */
export declare function capture(fn: Function, where: string, can: Abilities): Portable | Promise<Portable>
/** What a new worker has to know of this program so that captures inside it keep the rules (the entry script, for one). */
export declare function captureBoot(): unknown
/** Called once in a new worker, before anything else of this room. */
export declare function adoptCaptureBoot(boot: unknown): void

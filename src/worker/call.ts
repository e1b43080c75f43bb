import type { Portable } from '../capture/index.ts'

/** One call for a worker: packed, so that the road to it need not know what it means. */
export interface Call {
  readonly fn: Portable
  /** Bits of `wire/messages.ts`, all but SOLE: whether that is one, `Worker` sees when it sends the call. */
  readonly mode: number
  /** Arguments (or items), plain or as packed graph. */
  readonly payload: unknown
  /** Of a chunk: its items as they are here. */
  readonly items?: readonly unknown[]
  /** Objects handed over instead of copied. */
  readonly transfer: readonly unknown[] | undefined
  /** Under which its worker has it. Written by `InFlight` alone. */
  number?: number
}

import { types } from 'node:util'
import { type Graph, IDS, KINDS, PAYLOADS, withPayloads } from './graph.ts'

/*
 * Large blocks of bytes in a value that is ready to be sent. Structured clone copies a block into its own memory, which
 * it may have to enlarge for that, and again out of it on the other side. Both roads have a quicker way; here is told
 * which blocks may take it.
 */

/** From this size on copying costs more than the detour. In bytes. */
export const LARGE: number = 64 * 1024

/** Lists longer than this are no lists of blocks: they are not searched. */
const LONGEST_LIST = 1000

/** A block that may go its own way. One that can be resized would forget that. */
export function isLargeBuffer(value: unknown): value is ArrayBuffer {
  return (
    types.isArrayBuffer(value) &&
    value.byteLength >= LARGE &&
    (value as { readonly resizable?: boolean }).resizable !== true
  )
}

/** The large block behind a buffer or a view. */
export function largeBufferOf(value: unknown): ArrayBuffer | undefined {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value
  return isLargeBuffer(buffer) ? buffer : undefined
}

/** Is this value bytes, or a list of nothing but bytes and primitives? Then `LargeCopies` sees all that refers to them. */
export function isMadeOfBytes(value: unknown): boolean {
  return Array.isArray(value) ? value.length <= LONGEST_LIST && value.every(isFlat) : isFlat(value)
}

function isFlat(value: unknown): boolean {
  return (
    typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || types.isArrayBuffer(value)
  )
}

/** Adds to `found` the large blocks of what `pack` gave, or of the value that it left as it is. */
export function findLarge(value: unknown, packed: boolean, found: Set<ArrayBuffer>): void {
  if (typeof value !== 'object' || value === null) return
  if (packed) {
    for (const payload of payloadsOf(value as Graph)) if (isLargeBuffer(payload)) found.add(payload)
  } else if (Array.isArray(value)) {
    if (value.length > LONGEST_LIST) return
    for (const item of value) {
      const buffer = typeof item === 'object' ? largeBufferOf(item) : undefined
      if (buffer) found.add(buffer)
    }
  } else {
    const buffer = largeBufferOf(value)
    if (buffer) found.add(buffer)
  }
}

/** The payloads of the buffers among a graph's nodes, if it has any. */
function payloadsOf({ graph }: Graph): unknown[] {
  const id = (graph[KINDS] as readonly string[]).indexOf('buffer')
  if (id < 0) return []
  const ids = graph[IDS] as readonly number[]
  return (graph[PAYLOADS] as readonly unknown[]).filter((_, node) => ids[node] === id)
}

/** Copies of large blocks, to be handed over in place of what they were copied from. One of each per message. */
export class LargeCopies {
  readonly #kept: readonly unknown[]
  /** Made for the first of them: most messages have none. */
  #copies: Map<object, object> | undefined
  readonly #buffers: ArrayBuffer[] = []

  /** `kept`: what is handed over itself. */
  constructor(kept: readonly unknown[]) {
    this.#kept = kept
  }

  /** To be handed over. */
  get buffers(): readonly ArrayBuffer[] {
    return this.#buffers
  }

  /** What to send in place of a payload: as `findLarge` takes it. Nothing of the payload itself is changed. */
  put(value: unknown, packed: boolean): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (packed) return withPayloads(value as Graph, 'buffer', payload => this.#put(payload))
    if (!Array.isArray(value)) return this.#put(value)
    if (!isMadeOfBytes(value)) return value
    return value.some(item => largeBufferOf(item)) ? value.map(item => this.#put(item)) : value
  }

  #put(value: unknown): unknown {
    const buffer = largeBufferOf(value)
    if (!buffer || this.#kept.includes(buffer)) return value
    const copy = this.#copyOf(buffer)
    if (buffer === value) return copy
    const view = value as NodeJS.TypedArray
    // Views that are no part of a graph show all of their buffer, and are of a standard class.
    return this.#once(view, () => new (view.constructor as Uint8ArrayConstructor)(copy))
  }

  #copyOf(buffer: ArrayBuffer): ArrayBuffer {
    return this.#once(buffer, () => {
      // Memory that nobody clears first, and no part of Node's pool.
      const bytes = Buffer.allocUnsafeSlow(buffer.byteLength)
      bytes.set(new Uint8Array(buffer))
      this.#buffers.push(bytes.buffer)
      return bytes.buffer
    })
  }

  #once<T extends object>(of: object, make: () => T): T {
    this.#copies ??= new Map()
    let copy = this.#copies.get(of) as T | undefined
    if (!copy) {
      copy = make()
      this.#copies.set(of, copy)
    }
    return copy
  }
}

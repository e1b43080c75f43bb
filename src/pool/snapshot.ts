/** Of the language's own collections all items are there; what else has a `length` may mean something else by it. */
export type Collection =
  | readonly unknown[]
  | string
  | ReadonlySet<unknown>
  | ReadonlyMap<unknown, unknown>
  | ArrayBufferView

export function isCollection(items: unknown): items is Collection {
  const own = Array.isArray(items) || typeof items === 'string' || ArrayBuffer.isView(items)
  const counted = own || items instanceof Set || items instanceof Map
  return counted && typeof (items as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function'
}

/** Items of a piece: 32 KB, which V8 has room for where it has what is new. */
const PIECE = 4096

/**
 * A collection's items at the time of the call: what the caller does with it afterwards is the caller's. Python: the same.
 *
 * In pieces. One long array would be copied several times while it grows, each time into memory that is fresh from the
 * system: that takes longer than a worker takes for quick items. Nor is it a `slice`: V8 clones an array that was made with
 * holes five times slower, and a slice of it is one too.
 */
export class Snapshot implements Iterable<unknown> {
  readonly length: number
  readonly #pieces: unknown[][] = []
  /** Items of the first piece that are taken. */
  #taken = 0

  constructor(items: Collection) {
    this.length = Array.isArray(items) ? this.#copy(items) : this.#readAll(items as Iterable<unknown>)
  }

  #copy(items: readonly unknown[]): number {
    let at = 0
    while (at < items.length) {
      const piece: unknown[] = []
      for (const end = at + PIECE; at < end && at < items.length; at++) piece.push(items[at])
      this.#pieces.push(piece)
    }
    return at
  }

  #readAll(items: Iterable<unknown>): number {
    let piece: unknown[] = []
    let count = 0
    for (const item of items) {
      if (count++ % PIECE === 0) {
        piece = []
        this.#pieces.push(piece)
      }
      piece.push(item)
    }
    return count
  }

  /** The next items, as many as there are. Who still holds the results need not hold what was taken as well. */
  take(count: number): unknown[] {
    const parts: unknown[][] = []
    let wanted = count
    for (let piece = this.#pieces[0]; piece && wanted > 0; piece = this.#pieces[0]) {
      const isWhole = this.#taken === 0 && piece.length <= wanted
      const part = isWhole ? piece : piece.slice(this.#taken, this.#taken + wanted)
      parts.push(part)
      wanted -= part.length
      this.#taken += part.length
      if (this.#taken < piece.length) break
      this.#pieces.shift()
      this.#taken = 0
    }
    return parts.length === 1 ? (parts[0] as unknown[]) : ([] as unknown[]).concat(...parts)
  }

  clear(): void {
    this.#pieces.length = 0
  }

  /** What is not taken yet. */
  *[Symbol.iterator](): Generator {
    let from = this.#taken
    for (const piece of this.#pieces) {
      yield* from > 0 ? piece.slice(from) : piece
      from = 0
    }
  }
}

import { checkIterable, checkKnown, createError, describe } from '../base/index.ts'
import { allocateCell, type Cell, registerHandle } from '../memory/index.ts'
import {
  ALIGNMENT,
  BIGINT,
  BOOLEAN,
  CODE,
  FLOAT,
  INTEGER,
  ListLayout,
  NULL,
  type Packed,
  roomFor,
  textFormat,
} from './list-layout.ts'
import { SharedMemory } from './shared-memory.ts'

/** What a ShareableList can hold. */
export type ShareableItem = number | bigint | boolean | string | Uint8Array | null

/** What `new ShareableList` takes. */
export interface ShareableListOptions {
  /** As of `SharedMemory`. With it alone, without items, the list of that name is attached to; with neither, it is empty. */
  readonly name?: string | undefined
}

/** Python formats have eight characters. */
const LONGEST_TEXT = 9_999_990
const MOST = 2n ** 63n

/**
 * A list of fixed length in shared memory, with items of several types that may change: numbers, bigints of 64 bits,
 * booleans, strings, bytes and `null`. A text has as much room as its first value took, rounded up to a multiple of
 * eight bytes. Nothing orders the accesses of several users: hold a `Lock` where that matters.
 *
 * Python (3.9 and later) reads and writes the same lists. Beyond it: zeros at the end of a text are kept, room is counted
 * in bytes, indexes are checked. A whole number arrives in Python as an `int`, any other as a `float`.
 *
 * Errors: `LIST_INDEX`, `LIST_VALUE`, `LIST_DAMAGED`, `MEMORY_CLOSED`, and those of `SharedMemory`.
 *
 * @example
 * const list = new ShareableList(['text', 1.5, 7, null])
 * list.set(2, true)
 * console.log(list.get(-4), [...list])
 * list.shm.close()
 * list.shm.unlink()
 */
export class ShareableList implements Iterable<ShareableItem> {
  readonly #shm: SharedMemory
  readonly #layout: ListLayout
  #cell: Cell | undefined

  constructor(items?: Iterable<ShareableItem>, options: ShareableListOptions = {}) {
    if (!(options instanceof Arrived)) checkKnown('new ShareableList', options, ['name'], "{ name: 'mine' }")
    const { name } = options
    if (options instanceof Arrived || (items === undefined && name !== undefined)) {
      this.#shm = options instanceof Arrived ? options.shm : new SharedMemory({ name })
      this.#layout = ListLayout.read(this.#shm.name, this.#shm.buf)
      return
    }
    const given = items === undefined ? [] : items
    checkIterable('new ShareableList', given)
    const packed = Array.from(given, (item, i) => pack(item, `new ShareableList: item ${i}`))
    const plan = ListLayout.plan(
      packed.map(({ bytes, format }) => (format === '' ? roomFor(bytes.length) : ALIGNMENT)),
    )
    this.#shm = new SharedMemory({ ...(name !== undefined && { name }), create: true, size: plan.size })
    plan.writeHead(this.#shm.buf)
    this.#layout = ListLayout.read(this.#shm.name, this.#shm.buf)
    for (const [i, item] of packed.entries()) this.#write(this.#shm.buf, i, item, 'new ShareableList')
  }

  /** The memory that it lies in: to be closed, and unlinked once. */
  get shm(): SharedMemory {
    return this.#shm
  }

  /** How many items it has: as many as it was made with. Python: `len(list)`. */
  get length(): number {
    return this.#layout.count
  }

  /** The item at `index`; negative indexes count from the end. Throws `LIST_INDEX` outside. Python: `list[index]`. */
  get(index: number): ShareableItem {
    const buf = SharedMemory.checked(this.#shm, 'get()')
    return this.#read(buf, this.#at(index, 'get()'))
  }

  /**
   * Replaces the item, by one of another type too. What does not fit is refused (`LIST_VALUE`), and nothing changes.
   * Python: `list[index] = value`.
   */
  set(index: number, value: ShareableItem): void {
    const buf = SharedMemory.checked(this.#shm, 'set()')
    this.#write(buf, this.#at(index, 'set()'), pack(value, 'set()'), 'set()')
  }

  /** How often a value is in it. Bytes are compared by content. */
  count(value: ShareableItem): number {
    let count = 0
    for (const item of this) if (isSame(item, value)) count++
    return count
  }

  /** Where a value is first, or -1. */
  indexOf(value: ShareableItem): number {
    return Array.from(this).findIndex(item => isSame(item, value))
  }

  /** The items as they are now, one by one. */
  *[Symbol.iterator](): Generator<ShareableItem, undefined> {
    for (let i = 0; i < this.length; i++) yield this.get(i)
  }

  /** `ShareableList('mcm_1a2b3c4d', length=4)`. */
  toString(): string {
    return `ShareableList('${this.#shm.name}', length=${this.length})`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #at(index: number, call: string): number {
    const { length } = this
    if (Number.isInteger(index) && index >= -length && index < length)
      return index < 0 ? index + length : index
    throw createError('LIST_INDEX', { index, length, call })
  }

  #write(buf: Buffer, item: number, packed: Packed, call: string): void {
    const layout = this.#layout
    if (packed.format !== '') return layout.write(buf, item, packed)
    const { bytes, code } = packed
    const room = layout.room(item)
    const refuse = (reason: string): never => {
      throw createError('LIST_VALUE', { call, got: `a text of ${bytes.length} bytes`, reason })
    }
    if (bytes.length > room) refuse(`item ${item} has room for ${room}`)
    const exact = layout.keepsLength(buf, item)
    if (!exact && bytes.at(-1) === 0) refuse(`item ${item} would lose the zeros at its end`)
    layout.write(buf, item, { bytes, code, format: textFormat(room, exact) })
  }

  #read(buf: Buffer, item: number): ShareableItem {
    const layout = this.#layout
    const code = layout.code(buf, item)
    if (code === CODE.none) return null
    if (code === CODE.bytes) return Buffer.from(layout.text(buf, item))
    if (code === CODE.string) return this.#decode(layout.text(buf, item), item)
    const slot = layout.slot(buf, item)
    const format = layout.format(buf, item)
    if (format === BIGINT) return slot.readBigInt64LE()
    if (format === INTEGER) return asNumber(slot.readBigInt64LE())
    if (format === FLOAT) return slot.readDoubleLE()
    if (format === BOOLEAN) return slot[ALIGNMENT - 1] !== 0
    throw layout.damaged(`item ${item} has the format ${format}`)
  }

  #decode(bytes: Buffer, item: number): string {
    try {
      // A decoder takes no shared memory.
      return decoder.decode(Buffer.from(bytes))
    } catch {
      throw this.#layout.damaged(`item ${item} is no UTF-8`)
    }
  }

  static {
    registerHandle<ShareableList>({
      name: 'shareable-list',
      from: import.meta.url,
      classes: [ShareableList],
      parts: list => [(list.#cell ??= allocateCell())],
      data: list => list.#shm,
      isOver: list => SharedMemory.isClosed(list.#shm),
      make([cell], shm) {
        const list = new ShareableList(undefined, new Arrived(shm as SharedMemory))
        list.#cell = cell as Cell
        return list
      },
    })
  }
}

/** Given by the room itself for a list that has arrived from elsewhere. */
class Arrived implements ShareableListOptions {
  declare readonly name?: undefined
  readonly shm: SharedMemory

  constructor(shm: SharedMemory) {
    this.shm = shm
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** `format` is empty for texts: it depends on the room. */
function pack(value: unknown, call: string): Packed {
  const refuse = (reason: string): never => {
    throw createError('LIST_VALUE', { call, got: describe(value), reason })
  }
  if (value === null) return { format: NULL, code: CODE.none, bytes: Buffer.alloc(ALIGNMENT) }
  const bytes = Buffer.alloc(ALIGNMENT)
  switch (typeof value) {
    case 'number': {
      const whole = Number.isSafeInteger(value) && !Object.is(value, -0)
      if (whole) bytes.writeBigInt64LE(BigInt(value))
      else bytes.writeDoubleLE(value)
      return { format: whole ? INTEGER : FLOAT, code: CODE.asItIs, bytes }
    }
    case 'bigint':
      if (value < -MOST || value >= MOST) refuse('it has more than 64 bits')
      bytes.writeBigInt64LE(value)
      return { format: BIGINT, code: CODE.asItIs, bytes }
    case 'boolean':
      bytes[ALIGNMENT - 1] = Number(value)
      return { format: BOOLEAN, code: CODE.asItIs, bytes }
    case 'string':
      if (!isWellFormed(value)) refuse('half of a pair of surrogates has no UTF-8')
      return packText(Buffer.from(value), CODE.string, refuse)
    default:
      if (value instanceof Uint8Array) return packText(Buffer.from(value), CODE.bytes, refuse)
      return refuse('it is of none of the types that a list can hold')
  }
}

function packText(bytes: Buffer, code: number, refuse: (reason: string) => never): Packed {
  if (bytes.length > LONGEST_TEXT) refuse(`it has more than ${LONGEST_TEXT} bytes`)
  return { format: '', code, bytes }
}

function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}

function asNumber(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function isSame(a: ShareableItem, b: ShareableItem): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  return a === b || Object.is(a, b)
}

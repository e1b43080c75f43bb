import { createError } from '../base/index.ts'

/*
 * Where things lie in a ShareableList: Python's layout (3.9 and later), and behind it what Python leaves out, the exact
 * length of each text.
 *
 *   count │ offsets (count + 1) │ data … │ formats (8 bytes each) │ codes (1 byte each) ┊ mark │ lengths (4 bytes each)
 */

export const ALIGNMENT = 8
const FORMAT_BYTES = 8
const MARK = Buffer.from('mc-list1')
const LENGTH_BYTES = 4
/** More items than any memory has room for, as a first check of what may be anything. */
const MOST = 2 ** 40

/** What a format says. */
export const INTEGER = 'q'
/** Python reads the space as nothing; it says that the number was a bigint, and that a text's length is kept. */
export const BIGINT = 'q '
export const FLOAT = 'd'
export const BOOLEAN = 'xxxxxxx?'
export const NULL = 'xxxxxx?x'
const TEXT = /^(\d{1,8})s( ?)$/

/** How Python turns the packed value into the item. */
export const CODE = { asItIs: 0, string: 1, bytes: 2, none: 3 } as const

/** What is written for one item. */
export interface Packed {
  readonly format: string
  readonly code: number
  readonly bytes: Buffer
}

export class ListLayout {
  readonly count: number
  readonly #name: string
  readonly #offsets: readonly number[]

  private constructor(name: string, offsets: readonly number[]) {
    this.#name = name
    this.#offsets = offsets
    this.count = offsets.length - 1
  }

  /** For values of these lengths. */
  static plan(lengths: readonly number[]): ListLayout {
    const offsets = [0]
    for (const length of lengths) offsets.push((offsets.at(-1) as number) + length)
    return new ListLayout('', offsets)
  }

  /** What is there. Throws `LIST_DAMAGED`. */
  static read(name: string, buf: Buffer): ListLayout {
    const damaged = (reason: string): Error => createError('LIST_DAMAGED', { name, reason })
    if (buf.length < 2 * ALIGNMENT) throw damaged('it is too small')
    const count = Number(buf.readBigInt64LE(0))
    if (!(count >= 0 && count < MOST && (count + 2) * ALIGNMENT <= buf.length)) {
      throw damaged(`it can't have ${count} items`)
    }
    const offsets: number[] = []
    for (let i = 0; i <= count; i++) {
      const offset = Number(buf.readBigInt64LE((i + 1) * ALIGNMENT))
      const least = i === 0 ? 0 : (offsets[i - 1] as number) + ALIGNMENT
      if (i === 0 ? offset !== 0 : !(offset >= least && offset <= buf.length)) {
        throw damaged(`item ${i} can't be at ${offset}`)
      }
      offsets.push(offset)
    }
    const layout = new ListLayout(name, offsets)
    if (layout.#codes + count > buf.length) throw damaged('its end is missing')
    return layout
  }

  /** Bytes in all. */
  get size(): number {
    return this.#lengths + this.count * LENGTH_BYTES
  }

  writeHead(buf: Buffer): void {
    buf.writeBigInt64LE(BigInt(this.count), 0)
    for (const [i, offset] of this.#offsets.entries())
      buf.writeBigInt64LE(BigInt(offset), (i + 1) * ALIGNMENT)
    MARK.copy(buf, this.#mark)
  }

  /** The bytes of an item. */
  slot(buf: Buffer, item: number): Buffer {
    const from = this.#data + (this.#offsets[item] as number)
    return buf.subarray(from, from + this.room(item))
  }

  room(item: number): number {
    return (this.#offsets[item + 1] as number) - (this.#offsets[item] as number)
  }

  /** Can the exact length of a text be kept for this item? Not in a list that Python made, nor of a very long one. */
  keepsLength(buf: Buffer, item: number): boolean {
    return this.#hasLengths(buf) && textFormat(this.room(item), true).length <= FORMAT_BYTES
  }

  write(buf: Buffer, item: number, { format, code, bytes }: Packed): void {
    const slot = this.slot(buf, item)
    bytes.copy(slot)
    slot.fill(0, bytes.length)
    const at = this.#formats + item * FORMAT_BYTES
    buf.fill(0, at, at + FORMAT_BYTES)
    buf.write(format, at, 'latin1')
    buf[this.#codes + item] = code
    if (this.#hasLengths(buf)) buf.writeInt32LE(bytes.length, this.#lengths + item * LENGTH_BYTES)
  }

  format(buf: Buffer, item: number): string {
    const at = this.#formats + item * FORMAT_BYTES
    return buf.toString('latin1', at, at + FORMAT_BYTES).replace(/\0+$/, '')
  }

  code(buf: Buffer, item: number): number {
    return buf[this.#codes + item] as number
  }

  /** The bytes of a text: all of them where their number was kept, else without the zeros at the end. */
  text(buf: Buffer, item: number): Buffer {
    const [, size, kept] = TEXT.exec(this.format(buf, item)) ?? []
    const slot = this.slot(buf, item)
    if (size === undefined || Number(size) > slot.length) {
      throw this.damaged(`item ${item} has the format ${this.format(buf, item)}`)
    }
    if (kept === ' ' && this.#hasLengths(buf)) {
      const length = buf.readInt32LE(this.#lengths + item * LENGTH_BYTES)
      if (length < 0 || length > slot.length) throw this.damaged(`item ${item} can't have ${length} bytes`)
      return slot.subarray(0, length)
    }
    let end = Number(size)
    while (end > 0 && slot[end - 1] === 0) end--
    return slot.subarray(0, end)
  }

  damaged(reason: string): Error {
    return createError('LIST_DAMAGED', { name: this.#name, reason })
  }

  get #data(): number {
    return (this.count + 2) * ALIGNMENT
  }

  get #formats(): number {
    return this.#data + (this.#offsets.at(-1) as number)
  }

  get #codes(): number {
    return this.#formats + this.count * FORMAT_BYTES
  }

  get #mark(): number {
    return Math.ceil((this.#codes + this.count) / ALIGNMENT) * ALIGNMENT
  }

  get #lengths(): number {
    return this.#mark + MARK.length
  }

  #hasLengths(buf: Buffer): boolean {
    if (this.size > buf.length) return false
    return MARK.equals(buf.subarray(this.#mark, this.#lengths))
  }
}

/** For a text with room for so many bytes. `exact`: its length is kept. */
export function textFormat(room: number, exact: boolean): string {
  return `${room}s${exact ? ' ' : ''}`
}

/** Room for a text of so many bytes, as Python gives it: there is always a zero behind it. */
export function roomFor(length: number): number {
  return ALIGNMENT * (Math.floor(length / ALIGNMENT) + 1)
}

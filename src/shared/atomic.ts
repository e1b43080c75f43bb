import { inspect } from 'node:util'
import { createError } from '../base/index.ts'
import type { NumberCell } from '../memory/index.ts'
import { encodeFor, type Scalar, type Scalars, type Typecode } from './typecodes.ts'

/** Operations on one character: whole, and with nothing in between. */
export interface AtomicCharacter<V> {
  /** What is there. */
  load(): V
  /** Stores. Throws `VALUE_DOES_NOT_FIT`. */
  store(value: V): void
  /** Stores; gives what was there. Throws `VALUE_DOES_NOT_FIT`. */
  exchange(value: V): V
  /** Stores `replacement` if `expected` is there, bit for bit; gives what was there. Throws `VALUE_DOES_NOT_FIT`. */
  compareExchange(expected: V, replacement: V): V
}

/** Operations on one number. Those of a character, and arithmetic. */
export interface AtomicNumber<V, N = V> extends AtomicCharacter<V> {
  /** Stores. Throws `VALUE_DOES_NOT_FIT`. */
  store(value: V | N): void
  /** Stores; gives what was there. Throws `VALUE_DOES_NOT_FIT`. */
  exchange(value: V | N): V
  /** Stores `replacement` if `expected` is there, bit for bit; gives what was there. Throws `VALUE_DOES_NOT_FIT`. */
  compareExchange(expected: V | N, replacement: V | N): V
  /** Adds; gives what was there before. Throws `VALUE_DOES_NOT_FIT` where the sum would not fit: it never wraps around. */
  add(by: V | N): V
  /** Subtracts; gives what was there before. Throws `VALUE_DOES_NOT_FIT` as `add` does. */
  sub(by: V | N): V
}

/** Operations on one whole number. */
export interface AtomicInteger<V, N = V> extends AtomicNumber<V, N> {
  /** Keeps the bits that are in the mask too; gives what was there before. */
  and(mask: V | N): V
  /** Sets the bits of the mask; gives what was there before. */
  or(mask: V | N): V
  /** Turns the bits of the mask over; gives what was there before. */
  xor(mask: V | N): V
}

/** What `Value.atomic` is for a type. */
export type AtomicOf<T> = T extends 'c' | 'u'
  ? AtomicCharacter<string>
  : T extends 'f' | 'd' | 'float32' | 'float64'
    ? AtomicNumber<number>
    : T extends Typecode
      ? Scalars[T] extends bigint
        ? AtomicInteger<bigint, number>
        : AtomicInteger<number>
      : never

type Stored = number | bigint
type Shown = Stored | string

/** All of the above in one class; which of them a type has is a matter of its types, and checked. */
export class Atomic implements AtomicInteger<Shown> {
  readonly #scalar: Scalar
  readonly #cell: NumberCell
  readonly #isNumber: boolean

  constructor(scalar: Scalar, cell: NumberCell) {
    this.#scalar = scalar
    this.#cell = cell
    this.#isNumber = scalar.form !== 'character'
  }

  load(): Shown {
    return this.#scalar.decode(this.#cell.load())
  }

  store(value: unknown): void {
    this.#cell.store(this.#encode(value))
  }

  exchange(value: unknown): Shown {
    return this.#scalar.decode(this.#cell.exchange(this.#encode(value)))
  }

  compareExchange(expected: unknown, replacement: unknown): Shown {
    const before = this.#cell.compareExchange(this.#encode(expected), this.#encode(replacement))
    return this.#scalar.decode(before)
  }

  add(by: unknown): Shown {
    return this.#add(this.#operand(by, 'add'))
  }

  sub(by: unknown): Shown {
    return this.#add(-this.#operand(by, 'sub'))
  }

  and(mask: unknown): Shown {
    return this.#scalar.decode(this.#cell.and(this.#mask(mask, 'and')))
  }

  or(mask: unknown): Shown {
    return this.#scalar.decode(this.#cell.or(this.#mask(mask, 'or')))
  }

  xor(mask: unknown): Shown {
    return this.#scalar.decode(this.#cell.xor(this.#mask(mask, 'xor')))
  }

  /** `<Atomic int32 3>`. */
  toString(): string {
    return `<Atomic ${this.#scalar.name} ${inspect(this.load())}>`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #add(by: Stored): Shown {
    const { min, max, decode } = this.#scalar
    const before = this.#cell.add(by, min, max)
    if (before !== undefined) return decode(before)
    throw createError('VALUE_DOES_NOT_FIT', {
      what: 'a Value',
      type: this.#scalar.name,
      got: `${String(this.load())} changed by ${String(by)}`,
      expected: this.#scalar.takes,
    })
  }

  #encode(value: unknown): Stored {
    return encodeFor(this.#scalar, value, 'a Value')
  }

  /** What is added may lie outside of what can be stored: -1 to a number without sign. */
  #operand(by: unknown, operation: string): Stored {
    if (!this.#isNumber) throw this.#missing(operation)
    const { form } = this.#scalar
    if (form === 'float' && typeof by === 'number') return by
    if (form === 'whole' && Number.isSafeInteger(by)) return by as number
    if (form === 'big' && typeof this.#scalar.min === 'bigint') {
      if (typeof by === 'bigint') return by
      if (Number.isSafeInteger(by)) return BigInt(by as number)
    }
    return this.#encode(by)
  }

  #mask(mask: unknown, operation: string): Stored {
    if (!this.#isNumber || this.#scalar.form === 'float') throw this.#missing(operation)
    return this.#encode(mask)
  }

  #missing(operation: string): Error {
    const fields = { what: 'Value.atomic', operation: `${operation}()`, type: this.#scalar.name }
    return createError('NO_SUCH_OPERATION', fields)
  }
}

/*
 * One number of shared memory under atomic operations: what `Cells` are for words, for every width and for floats.
 */

export type NumberView =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

/** All operations are atomic; those that change answer what was there. */
export interface NumberCell<N extends number | bigint = number | bigint> {
  load(): N
  store(value: N): void
  exchange(value: N): N
  /** Stores `replacement` if `expected` is there, bit for bit. */
  compareExchange(expected: N, replacement: N): N
  /** Adds, if the sum lies between the bounds; else changes nothing and answers `undefined`. */
  add(by: N, min: N, max: N): N | undefined
  /** Whole numbers only, as are the next two. */
  and(mask: N): N
  or(mask: N): N
  xor(mask: N): N
}

/** Over the first item of a view of shared memory. */
export function numberCell(view: NumberView): NumberCell {
  const cell = isFloat(view) ? new FloatCell(view) : new IntegerCell(view as Int32Array)
  return cell as unknown as NumberCell
}

function isFloat(view: NumberView): view is Float32Array | Float64Array {
  return view instanceof Float64Array || view instanceof Float32Array
}

/** Written for one type of view; the others, those of bigints too, have the same operations. */
class IntegerCell implements NumberCell<number> {
  readonly #view: Int32Array

  constructor(view: Int32Array) {
    this.#view = view
  }

  load(): number {
    return Atomics.load(this.#view, 0)
  }

  store(value: number): void {
    Atomics.store(this.#view, 0, value)
  }

  exchange(value: number): number {
    return Atomics.exchange(this.#view, 0, value)
  }

  compareExchange(expected: number, replacement: number): number {
    return Atomics.compareExchange(this.#view, 0, expected, replacement)
  }

  add(by: number, min: number, max: number): number | undefined {
    // Not `Atomics.add`, which wraps around.
    for (let before = this.load(); ; ) {
      const sum = before + by
      if (sum < min || sum > max) return undefined
      const found = this.compareExchange(before, sum)
      if (found === before) return before
      before = found
    }
  }

  and(mask: number): number {
    return Atomics.and(this.#view, 0, mask)
  }

  or(mask: number): number {
    return Atomics.or(this.#view, 0, mask)
  }

  xor(mask: number): number {
    return Atomics.xor(this.#view, 0, mask)
  }
}

/** A float is swapped as the whole number that has the same bits. */
class FloatCell implements NumberCell<number> {
  readonly #bits: Int32Array
  readonly #scratch: Float32Array | Float64Array
  readonly #scratchBits: Int32Array

  constructor({ buffer, byteOffset, BYTES_PER_ELEMENT: size }: Float32Array | Float64Array) {
    const scratch = new ArrayBuffer(size)
    // Again one type stands for two: 64 bits are a BigInt64Array.
    const Bits = (size === 8 ? BigInt64Array : Int32Array) as typeof Int32Array
    this.#bits = new Bits(buffer, byteOffset, 1)
    this.#scratch = size === 8 ? new Float64Array(scratch) : new Float32Array(scratch)
    this.#scratchBits = new Bits(scratch)
  }

  load(): number {
    return this.#valueOf(Atomics.load(this.#bits, 0))
  }

  store(value: number): void {
    Atomics.store(this.#bits, 0, this.#bitsOf(value))
  }

  exchange(value: number): number {
    return this.#valueOf(Atomics.exchange(this.#bits, 0, this.#bitsOf(value)))
  }

  compareExchange(expected: number, replacement: number): number {
    return this.#valueOf(
      Atomics.compareExchange(this.#bits, 0, this.#bitsOf(expected), this.#bitsOf(replacement)),
    )
  }

  add(by: number, min: number, max: number): number | undefined {
    for (let bits = Atomics.load(this.#bits, 0); ; ) {
      const before = this.#valueOf(bits)
      const sum = before + by
      if (Number.isFinite(sum) && (sum < min || sum > max)) return undefined
      const found = Atomics.compareExchange(this.#bits, 0, bits, this.#bitsOf(sum))
      if (found === bits) return before
      bits = found
    }
  }

  and(): never {
    throw new TypeError('a float has no and()')
  }

  or(): never {
    throw new TypeError('a float has no or()')
  }

  xor(): never {
    throw new TypeError('a float has no xor()')
  }

  #valueOf(bits: number): number {
    this.#scratchBits[0] = bits
    return this.#scratch[0] as number
  }

  #bitsOf(value: number): number {
    this.#scratch[0] = value
    return this.#scratchBits[0] as number
  }
}

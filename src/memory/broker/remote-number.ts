import type { NumberCell, NumberView } from '../number-cell.ts'
import type { Bits } from './bits.ts'
import type { RemoteCells } from './remote-cells.ts'
import { OPERATION } from './requests.ts'

/** The number at the start of a remote cell. All that changes it is a loop around one operation of the broker. */
export class RemoteNumber implements NumberCell {
  readonly #cells: RemoteCells
  /** Of the number's type; its value is of no matter. */
  readonly #view: NumberView
  readonly #bits: Int32Array

  /** `Type`: the class of views over such numbers. */
  constructor(cells: RemoteCells, { constructor: Type }: NumberView) {
    this.#cells = cells
    const scratch = new ArrayBuffer(8)
    this.#view = new (Type as unknown as new (buffer: ArrayBuffer, at: number, length: number) => NumberView)(
      scratch,
      0,
      1,
    )
    this.#bits = new Int32Array(scratch)
  }

  load(): number {
    const { client, handle } = this.#cells
    const low = client.call(OPERATION.loadBits, handle, this.#view.BYTES_PER_ELEMENT)
    return this.#valueOf([low, client.high])
  }

  store(value: number | bigint): void {
    this.exchange(value)
  }

  exchange(value: number | bigint): number {
    return this.#change(() => value) as number
  }

  compareExchange(expected: number | bigint, replacement: number | bigint): number {
    return this.#valueOf(this.#swap(this.#bitsOf(expected), this.#bitsOf(replacement)))
  }

  add(by: number | bigint, min: number | bigint, max: number | bigint): number | undefined {
    return this.#change(before => {
      const sum = before + (by as number)
      const isNumber = typeof sum === 'bigint' || !this.#isFloat || Number.isFinite(sum)
      return isNumber && (sum < min || sum > max) ? undefined : sum
    })
  }

  and(mask: number | bigint): number {
    return this.#change(before => before & (mask as number)) as number
  }

  or(mask: number | bigint): number {
    return this.#change(before => before | (mask as number)) as number
  }

  xor(mask: number | bigint): number {
    return this.#change(before => before ^ (mask as number)) as number
  }

  get #isFloat(): boolean {
    return this.#view instanceof Float64Array || this.#view instanceof Float32Array
  }

  /** Answers what was there, or `undefined` where it was not to be changed. */
  #change(next: (before: number) => number | bigint | undefined): number | undefined {
    for (let before = this.load(); ; ) {
      const expected = this.#bitsOf(before)
      const replacement = next(before)
      if (replacement === undefined) return undefined
      const found = this.#swap(expected, this.#bitsOf(replacement))
      if (found[0] === expected[0] && found[1] === expected[1]) return before
      before = this.#valueOf(found)
    }
  }

  #swap(expected: Bits, replacement: Bits): Bits {
    const { client, handle } = this.#cells
    const width = this.#view.BYTES_PER_ELEMENT
    const low = client.call(OPERATION.swapBits, handle, width, ...expected, ...replacement)
    return [low, client.high]
  }

  /** Bigints too; the types can't say so. */
  #valueOf(bits: Bits): number {
    this.#bits.set(bits)
    return this.#view[0] as number
  }

  #bitsOf(value: number | bigint): Bits {
    this.#bits.fill(0)
    this.#view[0] = value as never
    return [this.#bits[0] as number, this.#bits[1] as number]
  }
}

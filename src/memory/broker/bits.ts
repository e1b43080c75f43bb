/*
 * Numbers of 1, 2, 4 and 8 bytes as mere bits in two words: what a broker works on, whatever the type.
 */

const scratch = new ArrayBuffer(8)
const words = new Int32Array(scratch)
const WIDTHS: Readonly<Record<number, typeof Int32Array>> = {
  1: Int8Array as unknown as typeof Int32Array,
  2: Int16Array as unknown as typeof Int32Array,
  4: Int32Array,
  8: BigInt64Array as unknown as typeof Int32Array,
}

export type Bits = readonly [low: number, high: number]

/**
 * The bits at this byte; replaced, in one go, if they are the expected ones. Throws a `RangeError` for a width that
 * there is not.
 */
export function swapBits(
  buffer: SharedArrayBuffer,
  at: number,
  width: number,
  swap: readonly [expectedLow: number, expectedHigh: number, low: number, high: number] | undefined,
): Bits {
  const View = WIDTHS[width]
  if (!View) throw new RangeError(`there are no numbers of ${width} bytes`)
  const there = new View(buffer, at, 1)
  const number = new View(scratch, 0, 1)
  let found: number
  if (swap) {
    words.set([swap[0], swap[1]])
    const expected = number[0] as number
    words.set([swap[2], swap[3]])
    found = Atomics.compareExchange(there, 0, expected, number[0] as number)
  } else found = Atomics.load(there, 0)
  words.fill(0)
  number[0] = found
  return [words[0] as number, words[1] as number]
}

/** The classes of views that cross as mere bytes, by the number that stands for them. */
const CLASSES = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
] as const

const BY_PROTOTYPE: ReadonlyMap<unknown, number> = new Map(
  CLASSES.map((Class, number) => [Class.prototype, number] as const),
)

/** The number of this view's class; -1 for a subclass, which the codec has to carry. */
export function viewNumber(view: ArrayBufferView): number {
  return BY_PROTOTYPE.get(Object.getPrototypeOf(view)) ?? -1
}

/** Is there a class with this number, and are so many bytes a whole number of its items? */
export function isViewOf(number: number, bytes: number): boolean {
  const Class = CLASSES[number]
  return Class !== undefined && bytes % ('BYTES_PER_ELEMENT' in Class ? Class.BYTES_PER_ELEMENT : 1) === 0
}

/** The view over these bytes, which fill their buffer. */
export function makeView(number: number, buffer: ArrayBufferLike): ArrayBufferView {
  const Class = CLASSES[number] as Uint8ArrayConstructor
  return new Class(buffer)
}

/** Bytes that belong to this thread alone and are no part of a larger buffer that others see. */
export function isOrdinary(buffer: ArrayBufferLike): boolean {
  return (
    Object.getPrototypeOf(buffer) === ArrayBuffer.prototype &&
    (buffer as { readonly resizable?: boolean }).resizable !== true
  )
}

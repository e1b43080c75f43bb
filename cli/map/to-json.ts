/**
 * A result as JSON text on one line; `undefined` for a function that returned nothing.
 *
 * What JSON has no word for: a Map is an array of its entries, a Set an array; a bigint is a string of its digits;
 * bytes are a base64 string, other typed arrays are arrays; NaN and the infinities are their names; an Error is
 * `{ name, message }` and its own fields.
 *
 * @throws TypeError when the value is a function or a symbol, or holds itself.
 */
export function toJson(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const json = JSON.stringify(value, plain)
  if (json === undefined) throw new TypeError(`the result is a ${typeof value}, which can't be printed`)
  return json
}

/** A replacer sees what `toJSON()` made; `this[key]` is the value before, which matters for Buffer. */
function plain(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const original = this[key]
  if (typeof original === 'bigint') return String(original)
  if (typeof original === 'number' && !Number.isFinite(original)) return String(original)
  if (typeof original !== 'object' || original === null) return value
  if (original instanceof Map || original instanceof Set) return [...original]
  if (original instanceof Error) return errorFields(original)
  return bytesOf(original)?.toString('base64') ?? numbersOf(original) ?? value
}

function bytesOf(value: object): Buffer | undefined {
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer)
    return Buffer.from(value as ArrayBuffer)
  if (!(value instanceof Uint8Array) && !(value instanceof DataView)) return undefined
  return Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
}

function numbersOf(value: object): unknown[] | undefined {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as Iterable<unknown>) : undefined
}

/** `name` and `message` are inherited or hidden, so JSON would leave them out. */
function errorFields(error: Error): object {
  const { name, message } = error
  return Object.assign({ name, message }, error)
}

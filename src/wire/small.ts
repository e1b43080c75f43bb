/*
 * Small messages of plain data, as most are. V8's serializer takes microseconds for anything: Node makes an object for
 * it, and one to read it, that the engine keeps books on; and a worker that needs none of it until its first call is
 * done need not load it.
 *
 *     value = tag (1) │ what it takes
 *
 * What is not read back exactly as V8 would is left to V8: anything but primitives, arrays, plain objects and typed arrays
 * that are all of their buffer; arrays with holes or names; and what is in a message twice, for it would be two there.
 */

/** The first byte of such a message. */
export const SMALL = 2

const UNDEFINED = 0
const NULL = 1
const FALSE = 2
const TRUE = 3
/** Four bytes. */
const INTEGER = 4
/** Eight bytes. */
const NUMBER = 5
/** Two bytes of length, then a byte for each character. */
const TEXT = 6
/** Two bytes of length, then as many values. */
const LIST = 7
/** Two bytes of count, then as many pairs of a text and a value. */
const RECORD = 8
/** A byte that says of which class, two bytes of length in bytes, then the bytes. */
const VIEW = 9

/** Typed arrays, by their number in messages. Small ones of bytes are the usual ones. */
const VIEWS = [
  Uint8Array,
  Float64Array,
  Int32Array,
  Float32Array,
  Uint32Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  BigInt64Array,
  BigUint64Array,
]
const VIEW_PROTOTYPES: readonly object[] = VIEWS.map(({ prototype }) => prototype)

/** What is larger is none the slower by V8. In bytes. */
const LARGEST = 4096
const LONGEST_TEXT = 1024
const LARGEST_VIEW = 2048
/** Arrays and objects of a message. Each is compared with all before it. */
const MOST = 32
const DEEPEST = 8

const room = Buffer.allocUnsafeSlow(LARGEST + 2 * Math.max(LONGEST_TEXT, LARGEST_VIEW))
/** Where the next value goes, or comes from. */
let at = 0
let unchecked = 0
const seen: object[] = []

/**
 * A message behind `header` free bytes; `undefined` where it has to go by V8. Arrays down to the depth `ours` are not a
 * user's: nothing is odd about them.
 */
export function encodeSmall(message: readonly unknown[], header: number, ours: number): Buffer | undefined {
  // A getter in what is sent may send something.
  if (seen.length > 0) return undefined
  at = header
  unchecked = ours
  room[at++] = SMALL
  try {
    return writeValue(message, 0) ? Buffer.from(room.subarray(0, at)) : undefined
  } finally {
    seen.length = 0
  }
}

function writeValue(value: unknown, depth: number): boolean {
  if (at > LARGEST) return false
  switch (typeof value) {
    case 'number':
      writeNumber(value)
      return true
    case 'string':
      return writeText(value)
    case 'boolean':
      room[at++] = value ? TRUE : FALSE
      return true
    case 'undefined':
      room[at++] = UNDEFINED
      return true
    case 'object':
      if (value === null) room[at++] = NULL
      return value === null || writeObject(value, depth)
    default:
      return false
  }
}

function writeNumber(value: number): void {
  if ((value | 0) === value && !Object.is(value, -0)) {
    room[at] = INTEGER
    at = room.writeInt32LE(value, at + 1)
  } else {
    room[at] = NUMBER
    at = room.writeDoubleLE(value, at + 1)
  }
}

function writeText(text: string): boolean {
  const { length } = text
  if (length > LONGEST_TEXT) return false
  writeShort(TEXT, length)
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0xff) return false
    room[at++] = code
  }
  return true
}

function writeObject(value: object, depth: number): boolean {
  if (depth > DEEPEST || seen.length === MOST || seen.includes(value)) return false
  seen.push(value)
  if (Array.isArray(value)) return writeList(value, depth)
  const prototype = Object.getPrototypeOf(value) as object
  if (prototype === Object.prototype) return writeRecord(value, depth)
  return ArrayBuffer.isView(value) && writeView(value, VIEW_PROTOTYPES.indexOf(prototype))
}

/** Not what is empty: its buffer may have been handed over, which V8 refuses to send. */
function writeView(view: ArrayBufferView, kind: number): boolean {
  const { buffer, byteLength } = view
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
  if (!isWhole || kind < 0 || byteLength === 0 || byteLength > LARGEST_VIEW) return false
  if ((buffer as { resizable?: boolean }).resizable || seen.includes(buffer)) return false
  seen.push(buffer)
  room[at++] = VIEW
  writeShort(kind, byteLength)
  room.set(new Uint8Array(buffer), at)
  at += byteLength
  return true
}

function writeList(list: readonly unknown[], depth: number): boolean {
  const { length } = list
  if (length > LARGEST || (depth > unchecked && Object.keys(list).length !== length)) return false
  writeShort(LIST, length)
  for (let index = 0; index < length; index++) {
    const item = list[index]
    if ((item === undefined && !(index in list)) || !writeValue(item, depth + 1)) return false
  }
  return true
}

function writeRecord(record: object, depth: number): boolean {
  const keys = Object.keys(record)
  if (keys.length > LARGEST) return false
  writeShort(RECORD, keys.length)
  for (const key of keys) {
    if (key === '__proto__' || !writeText(key)) return false
    if (!writeValue(record[key as keyof object], depth + 1)) return false
  }
  return true
}

function writeShort(tag: number, value: number): void {
  room[at] = tag
  at = room.writeUInt16LE(value, at + 1)
}

/** Throws a RangeError for bytes that are no such message. */
export function decodeSmall(body: Buffer): unknown {
  at = 1
  const message = readValue(body)
  if (at !== body.length) throw new RangeError(`a message of ${at} bytes in ${body.length}`)
  return message
}

function readValue(body: Buffer): unknown {
  const tag = body[at++]
  switch (tag) {
    case UNDEFINED:
      return undefined
    case NULL:
      return null
    case FALSE:
      return false
    case TRUE:
      return true
    case INTEGER:
      at += 4
      return body.readInt32LE(at - 4)
    case NUMBER:
      at += 8
      return body.readDoubleLE(at - 8)
    case TEXT:
      return readText(body)
    case LIST: {
      const list: unknown[] = []
      for (let left = readShort(body); left > 0; left--) list.push(readValue(body))
      return list
    }
    case RECORD:
      return readRecord(body)
    case VIEW:
      return readView(body)
    default:
      throw new RangeError(`${tag} is no tag`)
  }
}

function readText(body: Buffer): string {
  const length = readShort(body)
  const start = at
  at += length
  if (at > body.length) throw new RangeError('a text that does not end')
  return body.toString('latin1', start, at)
}

function readRecord(body: Buffer): object {
  const record: Record<string, unknown> = {}
  for (let left = readShort(body); left > 0; left--) {
    if (body[at++] !== TEXT) throw new RangeError('a name that is no text')
    const key = readText(body)
    if (key === '__proto__') throw new RangeError(`${key} is no name`)
    record[key] = readValue(body)
  }
  return record
}

function readView(body: Buffer): ArrayBufferView {
  const View = VIEWS[body[at++] as number]
  const length = readShort(body)
  const start = at
  at += length
  if (!View || at > body.length) throw new RangeError('no typed array, or one that does not end')
  const bytes = new Uint8Array(length)
  bytes.set(body.subarray(start, at))
  return new View(bytes.buffer)
}

function readShort(body: Buffer): number {
  at += 2
  return body.readUInt16LE(at - 2)
}

/*
 * Small messages of plain data, as most are. V8's serializer takes microseconds for anything: Node makes an object for
 * it, and one to read it, that the engine keeps books on; and a worker that needs none of it until its first call is
 * done need not load it.
 *
 *     value = tag (1) │ what it takes
 *
 * What is not read back exactly as V8 would is left to V8: anything but primitives, arrays and plain objects, arrays with
 * holes or names, and what is in a message twice, for it would be two there.
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

/** What is larger is none the slower by V8. In bytes. */
const LARGEST = 4096
const LONGEST_TEXT = 1024
/** Arrays and objects of a message. Each is compared with all before it. */
const MOST = 32
const DEEPEST = 8

const room = Buffer.allocUnsafeSlow(LARGEST + 2 * LONGEST_TEXT)
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
  return Object.getPrototypeOf(value) === Object.prototype && writeRecord(value, depth)
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

function readShort(body: Buffer): number {
  at += 2
  return body.readUInt16LE(at - 2)
}

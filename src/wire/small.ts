/*
 * Calls and results with nothing but primitives in them, as most are that travel alone. V8's serializer takes
 * microseconds for anything: Node makes an object for it, and one to read it, that the engine keeps books on.
 *
 *     value = tag (1) │ what it takes
 *
 * Whatever else a message holds is left to V8: an array that is in a payload twice would not be one array there.
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

/** Longer lists and texts are none the slower by V8. */
const LONGEST_LIST = 64
const LONGEST_TEXT = 128
/** Arrays in arrays of a message: its payloads, which may be arrays, are in its list. */
const DEEPEST = 2

const room = Buffer.allocUnsafeSlow(16 * 1024)
/** Where the next value goes, or comes from. */
let at = 0

/** A message of calls or results, behind `header` free bytes; `undefined` where it has to go by V8. */
export function encodeSmall(message: readonly unknown[], header: number): Buffer | undefined {
  at = header
  room[at++] = SMALL
  return writeList(message, 0) ? Buffer.from(room.subarray(0, at)) : undefined
}

function writeList(list: readonly unknown[], depth: number): boolean {
  const { length } = list
  if (depth > DEEPEST || length > LONGEST_LIST) return false
  writeShort(LIST, length)
  for (let index = 0; index < length; index++) {
    if (at > room.length - 2 * LONGEST_TEXT || !writeValue(list[index], depth)) return false
  }
  return true
}

function writeValue(value: unknown, depth: number): boolean {
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
      return value === null || (Array.isArray(value) && writeList(value, depth + 1))
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
    case TEXT: {
      const start = at + 2
      at = start + body.readUInt16LE(at)
      if (at > body.length) throw new RangeError('a text that does not end')
      return body.toString('latin1', start, at)
    }
    case LIST: {
      const length = body.readUInt16LE(at)
      at += 2
      const list: unknown[] = []
      for (let index = 0; index < length; index++) list.push(readValue(body))
      return list
    }
    default:
      throw new RangeError(`${tag} is no tag`)
  }
}

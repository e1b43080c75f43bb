import { types } from 'node:util'
import { Serializer } from 'node:v8'
import { createError, ManycoreError, reasonText } from '../base/index.ts'
import { type Graph, needsOf, pack, takeBack } from '../codec/index.ts'
import { isJson } from './json-shape.ts'
import type { Message } from './message.ts'
import * as Tag from './tags.ts'
import { isOrdinary, viewNumber } from './views.ts'

const NOTHING = Buffer.alloc(0)
/** Small texts are written here, and copied into the ring from here. */
const SCRATCH_SIZE = 64 * 1024
const scratch = Buffer.allocUnsafeSlow(SCRATCH_SIZE)
const doubles = new DataView(scratch.buffer)

/** The most bytes that UTF-8 takes for one code unit. */
const WIDEST = 3
/** Neither memory nor ports can be handed over: a message may wait for anybody. */
const COPIES_ONLY = { transfer: false, share: false } as const

/** There is one at a time: what is in it is good until the next `encode`. `keep` makes it last. */
const message: Message = { tag: 0, aux: 0, bytes: NOTHING, start: 0, length: 0, graph: undefined }

/**
 * Makes a value ready. Buffers and views are not copied yet. `path` is what the value is called in errors.
 * Throws a `CodecError` or `CaptureError` with the path for what can't be sent.
 */
export function encode(value: unknown, path: string): Message {
  switch (typeof value) {
    case 'string':
      return encodeText(value, Tag.LATIN1, Tag.UTF8)
    case 'number':
      return encodeNumber(value)
    case 'boolean':
      return bare(value ? Tag.TRUE : Tag.FALSE)
    case 'undefined':
      return bare(Tag.UNDEFINED)
    case 'object':
      return value === null ? bare(Tag.NULL) : encodeObject(value, path)
    default:
      return encodeByCodec(value, path)
  }
}

/** A message of these bytes alone. */
export function encodeBytes(bytes: Uint8Array): Message {
  return fill(Tag.BUFFER, 0, bytes, 0, bytes.length)
}

/** The message with bytes that nobody writes over, for one that has to wait. */
export function keep({ tag, aux, bytes, start, length, graph }: Message): Message {
  const kept = bytes === scratch ? Buffer.from(bytes.subarray(start, start + length)) : bytes
  return { tag, aux, bytes: kept, start: kept === bytes ? start : 0, length, graph }
}

function fill(tag: number, aux: number, bytes: Uint8Array, start: number, length: number): Message {
  message.tag = tag
  message.aux = aux
  message.bytes = bytes
  message.start = start
  message.length = length
  message.graph = undefined
  return message
}

function bare(tag: number): Message {
  return fill(tag, 0, NOTHING, 0, 0)
}

function encodeNumber(value: number): Message {
  // -0 has no place among the whole numbers.
  if ((value | 0) === value && !Object.is(value, -0)) return fill(Tag.INT32, value, NOTHING, 0, 0)
  doubles.setFloat64(0, value, true)
  return fill(Tag.FLOAT64, 0, scratch, 0, 8)
}

function encodeText(text: string, latin1: number, utf8: number): Message {
  const { length } = text
  const roomy = length * WIDEST <= SCRATCH_SIZE
  const size = Buffer.byteLength(text)
  const bytes = roomy ? scratch : Buffer.allocUnsafeSlow(Math.max(size, length * 2))
  if (size === length) return fill(latin1, 0, bytes, 0, bytes.write(text, 0, length, 'latin1'))
  if (isWellFormed(text)) return fill(utf8, 0, bytes, 0, bytes.write(text, 0, size, 'utf8'))
  return fill(Tag.UTF16, 0, bytes, 0, bytes.write(text, 0, length * 2, 'utf16le'))
}

function isWellFormed(text: string): boolean {
  return (text as string & { isWellFormed(): boolean }).isWellFormed()
}

function encodeObject(value: object, path: string): Message {
  if (ArrayBuffer.isView(value)) {
    const found = encodeView(value)
    if (found) return found
  } else if (!types.isProxy(value) && isJson(value)) {
    return encodeText(JSON.stringify(value), Tag.JSON_LATIN1, Tag.JSON_UTF8)
  }
  return encodeByCodec(value, path)
}

function encodeView(view: ArrayBufferView): Message | undefined {
  if (!isOrdinary(view.buffer)) return undefined
  if (Object.getPrototypeOf(view) === Buffer.prototype) return encodeBytes(view as Buffer)
  const number = viewNumber(view)
  if (number < 0) return undefined
  const bytes =
    number === 0 ? (view as Uint8Array) : new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  return fill(Tag.VIEW, number, bytes, 0, bytes.length)
}

function encodeByCodec(value: unknown, path: string): Message {
  const graph = packQueued(value, path)
  try {
    const bytes = serialize(graph ?? value)
    const aux = graph && hasNeeds(graph) ? 1 : 0
    const filled = fill(graph ? Tag.GRAPH : Tag.CLONED, aux, bytes, 0, bytes.length)
    filled.graph = graph
    return filled
  } catch (cause) {
    takeBack(graph)
    if (ManycoreError.is(cause)) throw cause
    throw createError('CANNOT_READ', { path, reason: reasonText(cause) }, { cause })
  }
}

let queued = false

/** Is what is being packed right now for a queue, where it may lie for long? */
export function isQueued(): boolean {
  return queued
}

function packQueued(value: unknown, path: string): Graph | undefined {
  queued = true
  try {
    return pack(value, { path, can: COPIES_ONLY })
  } finally {
    queued = false
  }
}

function hasNeeds(graph: Graph): boolean {
  return needsOf(graph).length > 0
}

/** The bare serializer treats buffers as structured clone does: each view gets a buffer of its own size. */
function serialize(value: unknown): Buffer {
  const serializer = new Serializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  return serializer.releaseBuffer()
}

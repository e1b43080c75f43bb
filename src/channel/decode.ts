import { Deserializer } from 'node:v8'
import { createError, quiet } from '../base/index.ts'
import { type Graph, prepare, unpack, withPayloads } from '../codec/index.ts'
import { withoutHandles } from '../memory/index.ts'
import type { Header } from './message.ts'
import * as Tag from './tags.ts'
import { isViewOf, makeView } from './views.ts'

/*
 * A message becomes a value in two steps: `lift` takes what it needs out of the ring, while nobody may overwrite it;
 * `finish` makes the value of it, when others may go on.
 */

/** What `lift` leaves: for most tags the value itself, for the others a text or bytes. */
export type Lifted = unknown

/** Do the bytes of this message go into a buffer of their own? Then they can be copied piece by piece. */
export function isCopied(tag: number): boolean {
  return tag === Tag.BUFFER || tag === Tag.VIEW || tag === Tag.CLONED || tag === Tag.GRAPH
}

/** A buffer for the bytes of such a message. */
export function bufferFor({ tag, length }: Header): Buffer {
  // Views and the serializer's bytes must start at the start of a buffer that is theirs alone.
  return tag === Tag.BUFFER ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length)
}

/** Is this a header that we may have written? */
export function isSound({ tag, aux, length }: Header): boolean {
  if (tag > Tag.LAST_TAG) return false
  if (tag <= Tag.INT32) return length === 0
  if (tag === Tag.FLOAT64) return length === 8
  if (tag === Tag.UTF16) return length % 2 === 0
  return tag !== Tag.VIEW || isViewOf(aux, length)
}

/** Takes the message out of `bytes`, where it begins at `start` and lies in one piece. */
export function lift({ tag, aux, length }: Header, bytes: Buffer, start: number): Lifted {
  switch (tag) {
    case Tag.UNDEFINED:
      return undefined
    case Tag.NULL:
      return null
    case Tag.FALSE:
      return false
    case Tag.TRUE:
      return true
    case Tag.INT32:
      return aux
    case Tag.FLOAT64:
      return bytes.readDoubleLE(start)
    case Tag.LATIN1:
    case Tag.JSON_LATIN1:
      return bytes.toString('latin1', start, start + length)
    case Tag.UTF8:
    case Tag.JSON_UTF8:
      return bytes.toString('utf8', start, start + length)
    case Tag.UTF16:
      return bytes.toString('utf16le', start, start + length)
    default: {
      const copy = bufferFor({ tag, aux, length })
      copy.set(bytes.subarray(start, start + length))
      return copy
    }
  }
}

/** Makes the value. `undefined` for the promise: it is there at once. Throws a `CodecError` for what can't be rebuilt. */
export function finish({ tag, aux }: Header, lifted: Lifted): unknown {
  switch (tag) {
    case Tag.JSON_LATIN1:
    case Tag.JSON_UTF8:
      return read(() => JSON.parse(lifted as string))
    case Tag.VIEW:
      return makeView(aux, (lifted as Buffer).buffer)
    case Tag.CLONED:
      return read(() => deserialize(lifted as Buffer))
    case Tag.GRAPH:
      return unpackGraph(read(() => deserialize(lifted as Buffer)) as Graph)
    default:
      return lifted
  }
}

/** A graph whose modules are still being loaded: the value comes later. */
export class Loading {
  readonly value: Promise<unknown>

  constructor(value: Promise<unknown>) {
    this.value = value
  }
}

/**
 * The value of a message that stays where it is, to be compared with others. Who only looks at a connection or a socket
 * must not hold it: in their place is an empty object.
 */
export function peek(header: Header, lifted: Lifted): unknown {
  if (header.tag !== Tag.GRAPH) return finish(header, lifted)
  const graph = read(() => deserialize(lifted as Buffer)) as Graph
  return unpackGraph(withPayloads(withoutHandles(graph, 'connection'), 'socket', () => null))
}

function unpackGraph(graph: Graph): unknown {
  const loading = prepare(graph)
  return loading ? new Loading(loading.then(() => unpack(graph))) : unpack(graph)
}

/** Would making the value have to wait for modules? Loading them begins. */
export function needsLoading({ tag, aux }: Header, lifted: Lifted): boolean {
  if (tag !== Tag.GRAPH || aux === 0) return false
  const loading = prepare(read(() => deserialize(lifted as Buffer)) as Graph)
  if (loading) quiet(loading)
  return loading !== undefined
}

function read<T>(how: () => T): T {
  try {
    return how()
  } catch (cause) {
    throw createError('CANNOT_DECODE', { path: 'the message', reason: (cause as Error).message }, { cause })
  }
}

function deserialize(bytes: Buffer): unknown {
  const deserializer = new Deserializer(bytes)
  deserializer.readHeader()
  return deserializer.readValue()
}

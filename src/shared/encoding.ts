import { Deserializer, Serializer } from 'node:v8'
import { createError } from '../base/index.ts'
import { type Graph, needsOf, pack, unpack } from '../codec/index.ts'
import { createSegment, type Segment } from '../memory/index.ts'
import { letTravel } from './buffers.ts'

/*
 * A value of any kind as bytes in segments: encoded once, decoded wherever it is read. Large binary parts get a
 * segment each and are not copied again: what is decoded shows that very memory.
 */

/** Below this a copy costs less than a segment. */
const LARGE = 64 * 1024
/** No road that the codec knows, but like the one between processes: nothing is handed over or shared on the way. */
const NO_ROAD = { transfer: false, share: false }

export interface Encoded {
  /** The value's text first, then its large parts. */
  readonly segments: readonly Segment[]
  /** Bytes of the text. */
  readonly length: number
  /** Was it packed, or is it plain data? */
  readonly isGraph: boolean
}

/** Throws a `CodecError` with the path of what can't cross. */
export function encode(value: unknown): Encoded {
  // Named as handed over, a bare buffer is packed too, though it would not have to be.
  const transfer = value instanceof ArrayBuffer ? [value] : undefined
  const graph = pack(value, { path: 'value', can: NO_ROAD, transfer })
  if (graph) refuseLive(graph)
  const serializer = new Serializer()
  serializer.writeHeader()
  const large = graph ? largeParts(graph) : []
  for (const [id, buffer] of large.entries()) serializer.transferArrayBuffer(id, buffer)
  serializer.writeValue(graph?.graph ?? value)
  const text = serializer.releaseBuffer()
  const parts = [text, ...large.map(buffer => new Uint8Array(buffer))]
  return { segments: parts.map(segmentOf), length: text.length, isGraph: graph !== undefined }
}

/** What others could change, or what has to be loaded first, can't be had from bytes alone at any time. */
function refuseLive(graph: Graph): void {
  const need = needsOf(graph)[0]
  if (need === undefined) return
  const kind = (need as { readonly kind?: unknown }).kind
  const what =
    typeof kind === 'string' ? `something that is shared already (${kind})` : 'a function that imports'
  throw createError('CANNOT_SHARE_LIVE', { path: 'value', what })
}

export function decode({ segments: [text, ...large], length, isGraph }: Encoded): unknown {
  if (!text) throw createError('INTERNAL', { what: 'a shared value without memory' })
  const deserializer = new Deserializer(text.bytes.subarray(0, length))
  deserializer.readHeader()
  for (const [id, segment] of large.entries()) {
    // Shared buffers are as good here, though the types of Node's older versions say otherwise.
    deserializer.transferArrayBuffer(id, letTravel(segment) as unknown as ArrayBuffer)
  }
  const read: unknown = deserializer.readValue()
  return isGraph ? unpack({ graph: read as Graph['graph'] }) : read
}

/** The binary parts of a graph: whole buffers among what its kinds made of the nodes. */
function largeParts({ graph }: Graph): ArrayBuffer[] {
  const payloads = graph.flatMap(part => (Array.isArray(part) ? (part as unknown[]) : []))
  const isLarge = (part: unknown): part is ArrayBuffer =>
    part instanceof ArrayBuffer && part.byteLength >= LARGE
  return [...new Set(payloads.filter(isLarge))]
}

/** A segment with a copy of the bytes. */
function segmentOf(bytes: Uint8Array): Segment {
  const segment = createSegment(Math.max(bytes.length, 1))
  segment.bytes.set(bytes)
  return segment
}

/** Freezes arrays and plain objects all the way down, so that a change, which nobody else would see, throws. */
export function freezeAll(value: unknown): void {
  const collections = new Set<object>()
  const stack = [value]
  while (stack.length > 0) {
    const item = stack.pop()
    if (typeof item !== 'object' || item === null) continue
    if (item instanceof Map || item instanceof Set) {
      if (collections.has(item)) continue
      collections.add(item)
      for (const entry of item instanceof Map ? [...item.keys(), ...item.values()] : item) stack.push(entry)
    } else if (isData(item) && !Object.isFrozen(item)) {
      Object.freeze(item)
      for (const child of Object.values(item)) if (typeof child === 'object') stack.push(child)
    }
  }
}

function isData(item: object): boolean {
  const proto: unknown = Object.getPrototypeOf(item)
  return proto === Object.prototype || proto === null || Array.isArray(item)
}

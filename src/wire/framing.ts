import type { Deserializer } from 'node:v8'
import { createError } from '../base/index.ts'
import { decodeSmall, encodeSmall, SMALL } from './small.ts'

/*
 * Messages on a stream of bytes: four bytes of length (little-endian), then the message as V8 serialises it.
 * The bare `Serializer` is used, not `serialize()`: it treats buffers as structured clone between threads does,
 * so a view arrives on a buffer of its own size, and never on the bytes of the frame it came in.
 *
 * Large blocks of bytes may lie elsewhere. Then the message is preceded by a list of where:
 *
 *     length (4) │ 01, how many (3) │ start (8), size (8) of each │ message, with the blocks' numbers in it
 *
 * Small messages of plain data go another way (`small.ts`), and begin with 02.
 */

/** Loaded for the first message on a stream: threads, which have this file too, send none. */
let loaded: typeof import('node:v8') | undefined
const v8 = (): typeof import('node:v8') => (loaded ??= process.getBuiltinModule('node:v8'))

const HEADER = 4
/** V8 and Node refuse buffers beyond this; told here, where the call can still be refused alone. */
const LARGEST = 2 ** 32 - 1
const NO_LENGTH = Buffer.alloc(HEADER)

/** The first byte of a message with blocks elsewhere, and of V8's own messages. */
const ELSEWHERE = 1
const V8 = 0xff
const PLACE = 16
const MOST_BLOCKS = 2 ** 24 - 1

/** Where a block lies: its first byte and its size. */
export type Place = readonly [start: number, size: number]

/** Blocks of a message that lie elsewhere, and where. */
export interface Elsewhere {
  readonly blocks: readonly ArrayBuffer[]
  readonly places: readonly Place[]
}

/** Brings the blocks of a message. Asked for each message that has some, in order. */
export type FetchBlocks = (places: readonly Place[]) => readonly ArrayBuffer[]

/** Throws where this runtime has no serializer, before anything is started that would need one. */
export function checkFraming(): void {
  try {
    ;new (v8().Serializer)().writeHeader()
  } catch (cause) {
    const [runtime = 'this runtime'] = Object.entries(process.versions)
      .filter(([name]) => name === 'bun' || name === 'deno')
      .map(([name, version]) => `${name} ${version}`)
    throw createError('RUNTIME_LACKS', { what: 'a process', runtime, lacks: 'node:v8 Serializer' }, { cause })
  }
}

/** One message, ready for a stream. Throws what V8 throws for a value that can't be cloned. */
export function encodeFrame(message: unknown, elsewhere?: Elsewhere): Buffer {
  const serializer = new (v8().Serializer)()
  // Room for the length first: the frame is then the serializer's own buffer, and no byte is copied.
  serializer.writeRawBytes(NO_LENGTH)
  if (elsewhere) {
    serializer.writeRawBytes(placesToBytes(elsewhere.places))
    for (const [number, block] of elsewhere.blocks.entries()) serializer.transferArrayBuffer(number, block)
  }
  serializer.writeHeader()
  serializer.writeValue(message)
  const frame = serializer.releaseBuffer()
  const length = frame.length - HEADER
  if (length > LARGEST) throw new RangeError(`a message of ${length} bytes is larger than ${LARGEST}`)
  frame.writeUInt32LE(length, 0)
  return frame
}

/** A small message, ready for a stream; `undefined` where it has to go by `encodeFrame`. `ours`: see `encodeSmall`. */
export function encodeSmallFrame(message: readonly unknown[], ours = 0): Buffer | undefined {
  const frame = encodeSmall(message, HEADER, ours)
  frame?.writeUInt32LE(frame.length - HEADER, 0)
  return frame
}

function placesToBytes(places: readonly Place[]): Buffer {
  if (places.length > MOST_BLOCKS)
    throw new RangeError(`${places.length} blocks are more than ${MOST_BLOCKS}`)
  const bytes = Buffer.alloc(HEADER + places.length * PLACE)
  bytes.writeUInt32LE(places.length * 256 + ELSEWHERE, 0)
  places.forEach(([start, size], number) => {
    bytes.writeDoubleLE(start, HEADER + number * PLACE)
    bytes.writeDoubleLE(size, HEADER + number * PLACE + 8)
  })
  return bytes
}

/** A message without its length. */
function decode(body: Buffer, fetch: FetchBlocks | undefined): unknown {
  if (body[0] === SMALL) return decodeSmall(body)
  if (body[0] !== ELSEWHERE) return deserialize(new (v8().Deserializer)(body))
  if (!fetch) throw new RangeError('a message has blocks elsewhere, and nobody fetches them')
  const count = body.readUInt32LE(0) >>> 8
  const places = Array.from({ length: Math.min(count, body.length / PLACE) }, (_, number): Place => {
    const at = HEADER + number * PLACE
    return [body.readDoubleLE(at), body.readDoubleLE(at + 8)]
  })
  const deserializer = new (v8().Deserializer)(body.subarray(HEADER + count * PLACE))
  for (const [number, block] of fetch(places).entries()) deserializer.transferArrayBuffer(number, block)
  return deserialize(deserializer)
}

function deserialize(deserializer: Deserializer): unknown {
  deserializer.readHeader()
  return deserializer.readValue()
}

/** Room for a frame up to this size is made at once. In bytes. */
const AT_ONCE = 64 * 2 ** 20 + 2 ** 16

/** Stray bytes look like the length of something that never comes; what is behind them looks like no message. */
const STARTS: ReadonlySet<number | undefined> = new Set([V8, SMALL, ELSEWHERE])

/** Cuts a stream of bytes back into messages. */
export class FrameReader {
  #onMessage: (message: unknown) => void
  #onSpoiled: ((error: Error) => void) | undefined
  #fetch: FetchBlocks | undefined
  /** The length of the frame under way, as far as it has arrived. */
  #header = Buffer.alloc(HEADER)
  #headerSize = 0
  /** The message under way, if its length is known: filled up to `#size`, in the end `#wanted` bytes. */
  #body: Buffer | undefined
  #size = 0
  #wanted = 0
  #spoiled = false

  /**
   * `onSpoiled` is told of bytes that are no message: somebody else wrote on the road. Nothing comes after that.
   * `fetch` brings the blocks that lie elsewhere.
   */
  constructor(
    onMessage: (message: unknown) => void,
    onSpoiled?: (error: Error) => void,
    fetch?: FetchBlocks,
  ) {
    this.#onMessage = onMessage
    this.#onSpoiled = onSpoiled
    this.#fetch = fetch
  }

  /** Takes bytes as they come. They may be overwritten by the caller afterwards. */
  push(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && !this.#spoiled) {
      if (this.#wanted > 0) at += this.#fill(bytes, at)
      else if (this.#headerSize > 0 || bytes.length - at < HEADER) at += this.#fillHeader(bytes, at)
      else {
        const start = at + HEADER
        const length = bytes.readUInt32LE(at)
        at = start + length
        if (at <= bytes.length) this.#deliver(bytes.subarray(start, at))
        else {
          this.#begin(length)
          at = start
        }
      }
    }
  }

  #fillHeader(bytes: Buffer, at: number): number {
    const taken = bytes.copy(this.#header, this.#headerSize, at, at + HEADER - this.#headerSize)
    this.#headerSize += taken
    if (this.#headerSize === HEADER) {
      this.#headerSize = 0
      this.#begin(this.#header.readUInt32LE(0))
    }
    return taken
  }

  #begin(length: number): void {
    if (length === 0) return this.#deliver(Buffer.alloc(0))
    this.#wanted = length
    this.#size = 0
  }

  #fill(bytes: Buffer, at: number): number {
    const body = (this.#body ??= this.#room(bytes[at]))
    if (!body) return 0
    const size = Math.min(this.#size + bytes.length - at, this.#wanted)
    const target = size > body.length ? this.#enlarge(body) : body
    const taken = bytes.copy(target, this.#size, at, at + size - this.#size)
    this.#size = size
    if (size === this.#wanted) {
      this.#body = undefined
      this.#wanted = 0
      this.#deliver(target)
    }
    return taken
  }

  /** For a message that begins with this byte. */
  #room(first: number | undefined): Buffer | undefined {
    if (STARTS.has(first)) return Buffer.allocUnsafeSlow(Math.min(this.#wanted, AT_ONCE))
    this.#spoil(new RangeError(`no message begins with ${first}`))
    return undefined
  }

  #enlarge(body: Buffer): Buffer {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#wanted, 2 * body.length))
    body.copy(larger, 0, 0, this.#size)
    this.#body = larger
    return larger
  }

  #deliver(body: Buffer): void {
    let message: unknown
    try {
      message = decode(body, this.#fetch)
    } catch (error) {
      return this.#spoil(error)
    }
    this.#onMessage(message)
  }

  #spoil(error: unknown): void {
    this.#spoiled = true
    if (!this.#onSpoiled) throw error
    this.#onSpoiled(error as Error)
  }
}

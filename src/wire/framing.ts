import { Deserializer, Serializer } from 'node:v8'
import { createError } from '../base/index.ts'

/*
 * Messages on a stream of bytes: four bytes of length (little-endian), then the message as V8 serialises it.
 * The bare `Serializer` is used, not `serialize()`: it treats buffers as structured clone between threads does,
 * so a view arrives on a buffer of its own size, and never on the bytes of the frame it came in.
 */

const HEADER = 4
/** V8 and Node refuse buffers beyond this; told here, where the call can still be refused alone. */
const LARGEST = 2 ** 32 - 1
const NO_LENGTH = Buffer.alloc(HEADER)

/** Throws where this runtime has no serializer, before anything is started that would need one. */
export function checkFraming(): void {
  try {
    new Serializer().writeHeader()
  } catch (cause) {
    const [runtime = 'this runtime'] = Object.entries(process.versions)
      .filter(([name]) => name === 'bun' || name === 'deno')
      .map(([name, version]) => `${name} ${version}`)
    throw createError('RUNTIME_LACKS', { what: 'a process', runtime, lacks: 'node:v8 Serializer' }, { cause })
  }
}

/** One message, ready for a stream. Throws what V8 throws for a value that can't be cloned. */
export function encodeFrame(message: unknown): Buffer {
  const serializer = new Serializer()
  // Room for the length first: the frame is then the serializer's own buffer, and no byte is copied.
  serializer.writeRawBytes(NO_LENGTH)
  serializer.writeHeader()
  serializer.writeValue(message)
  const frame = serializer.releaseBuffer()
  const length = frame.length - HEADER
  if (length > LARGEST) throw new RangeError(`a message of ${length} bytes is larger than ${LARGEST}`)
  frame.writeUInt32LE(length, 0)
  return frame
}

/** Cuts a stream of bytes back into messages. */
export class FrameReader {
  #onMessage: (message: unknown) => void
  #onSpoiled: ((error: Error) => void) | undefined
  /** The start of a frame that has not arrived in full. */
  #parts: Buffer[] = []
  #size = 0
  /** How many bytes the frame under way has in all; zero while its length is not known. */
  #wanted = 0

  /** `onSpoiled` is told of bytes that are no message: somebody else wrote on the road. Nothing comes after that. */
  constructor(onMessage: (message: unknown) => void, onSpoiled?: (error: Error) => void) {
    this.#onMessage = onMessage
    this.#onSpoiled = onSpoiled
  }

  /** Takes bytes as they come. They may be overwritten by the caller afterwards. */
  push(bytes: Buffer): void {
    let rest = bytes
    if (this.#size > 0) {
      const missing = this.#missing()
      const taken = rest.subarray(0, missing)
      this.#parts.push(Buffer.from(taken))
      this.#size += taken.length
      if (taken.length < missing) return
      rest = rest.subarray(taken.length)
      if (this.#wanted === 0) {
        // Only the header was missing: now the length is known, go on with the body.
        this.#wanted = HEADER + this.#joined().readUInt32LE(0)
        if (this.#wanted > HEADER || rest.length > 0) return this.push(rest)
      }
      const frame = this.#joined()
      this.#parts = []
      this.#size = 0
      this.#wanted = 0
      this.#deliver(frame)
    }
    let at = 0
    while (rest.length - at >= HEADER) {
      const end = at + HEADER + rest.readUInt32LE(at)
      if (end > rest.length) break
      this.#deliver(rest.subarray(at, end))
      at = end
    }
    if (at < rest.length) {
      const start = rest.subarray(at)
      this.#parts = [Buffer.from(start)]
      this.#size = start.length
      this.#wanted = start.length >= HEADER ? HEADER + start.readUInt32LE(0) : 0
    }
  }

  #missing(): number {
    return (this.#wanted || HEADER) - this.#size
  }

  #joined(): Buffer {
    if (this.#parts.length > 1) this.#parts = [Buffer.concat(this.#parts, this.#size)]
    return this.#parts[0] as Buffer
  }

  #deliver(frame: Buffer): void {
    let message: unknown
    try {
      const deserializer = new Deserializer(frame.subarray(HEADER))
      deserializer.readHeader()
      message = deserializer.readValue()
    } catch (error) {
      if (!this.#onSpoiled) throw error
      this.#onMessage = () => {}
      return this.#onSpoiled(error as Error)
    }
    this.#onMessage(message)
  }
}

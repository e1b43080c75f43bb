import type { ArenaCell } from '../arena.ts'
import type { Cells } from '../cells.ts'
import type { Segment, SegmentReference } from '../segment.ts'
import { type BrokerClient, clientOf } from './broker-client.ts'
import type { Origin } from './origin.ts'
import { RemoteCells } from './remote-cells.ts'
import { OPERATION, split } from './requests.ts'
import { sparseBuffer } from '../platform/none.ts'

/** A segment in another process. What is here is a copy, as far as it was pulled. */
export class RemoteSegment implements Segment {
  readonly control: ArenaCell
  readonly size: number
  readonly buffer: SharedArrayBuffer
  readonly bytes: Uint8Array
  readonly #client: BrokerClient
  readonly #origin: Origin
  /** What the broker knows the segment by. */
  readonly #memory: RemoteCells
  #isClosed = false

  /** Throws `MEMORY_GONE`, `MEMORY_CONFINED`. */
  constructor(control: ArenaCell, size: number, origin: Origin) {
    const [pid, handle, mark, block] = origin
    this.control = control
    this.size = size
    this.#origin = origin
    this.#client = clientOf([pid, handle, mark])
    const segment = this.#client.call(OPERATION.segment, block, ...split(size))
    this.#memory = new RemoteCells(this.#client, segment, 0)
    this.buffer = sparseBuffer(size)
    this.bytes = new Uint8Array(this.buffer, 0, size)
  }

  front(size: number): Uint8Array {
    return new Uint8Array(this.buffer, 0, size)
  }

  get id(): string {
    return this.control.id
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  cells(offset: number, count: number): Cells {
    const handle = this.#client.call(OPERATION.cells, this.#memory.handle, ...split(offset), count)
    return new RemoteCells(this.#client, handle, count)
  }

  pull(offset: number, count: number): void {
    this.#client.pull(this.#memory.handle, offset, this.bytes.subarray(offset, offset + count))
  }

  push(offset: number, count: number): void {
    this.#client.push(this.#memory.handle, offset, this.bytes.subarray(offset, offset + count))
  }

  // The memory is the other process's own.
  commit(): void {}
  discard(): void {}

  refer(_share: boolean): SegmentReference {
    return [this.size, null, null, this.#origin]
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#memory.release()
  }
}

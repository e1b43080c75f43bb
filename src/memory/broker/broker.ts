import { createError, MemoryError } from '../../base/index.ts'
import { isCellThere } from '../arena.ts'
import type { CellSize } from '../cell.ts'
import type { Cells } from '../cells.ts'
import { NoPlatform } from '../platform/none.ts'
import type { Block } from '../platform/platform.ts'
import { WordCells } from '../word-cells.ts'
import { swapBits } from './bits.ts'
import { deliver, fill } from './bulk.ts'
import { join, OPERATION, type Operation, PIECE, REPLY_WORDS, STATUS } from './requests.ts'
import { ServedClient, type Thing } from './served-client.ts'

/** Memory that the broker gets to know. */
export interface Registered {
  readonly number: number
  readonly buffer: SharedArrayBuffer
  /** Of a segment: the cell that says whether anybody still holds it. */
  readonly control:
    | { readonly buffer: SharedArrayBuffer; readonly unit: number; readonly generation: number }
    | undefined
}

type Kind = Thing['kind']
/** What follows the client in a request. */
type Fields = readonly [handle: number, a: number, b: number, c: number, d: number, e: number]
type Answer = number | readonly [low: number, high: number]

const platform = new NoPlatform('it serves other processes')

/**
 * Does for threads of other processes what they would do themselves if they had the memory. Whatever they ask for is
 * checked; what makes no sense is answered with a status.
 */
export class Broker {
  readonly #registered: () => Registered | undefined
  readonly #blocks = new Map<number, { readonly block: Block; readonly control: Registered['control'] }>()
  readonly #clients = new Map<number, ServedClient>()
  #lastClient = 0

  /** `registered`: the next block that the broker has not heard of. */
  constructor(registered: () => Registered | undefined) {
    this.#registered = registered
  }

  /** The words of one request. */
  handle(request: Int32Array): void {
    const [first = 0, from = 0, ...rest] = request
    const operation = (first & 0xffff) as Operation
    const fields = rest as unknown as Fields
    if (operation === OPERATION.hello) return this.#welcome(from, fields)
    const client = this.#clients.get(from)
    if (!client) return
    this.#answer(client, () => this.#serve(client, operation, fields))
  }

  /** Lets go of what clients held that have died, and of memory that nobody holds. Answers of how many blocks. */
  tidy(): number {
    for (const [number, client] of this.#clients) {
      if (client.isAlive) continue
      this.#clients.delete(number)
      client.bury()
    }
    const before = this.#blocks.size
    for (const [number, { control }] of this.#blocks) {
      if (control && !isCellThere(control.buffer, control.unit, control.generation))
        this.#blocks.delete(number)
    }
    return before - this.#blocks.size
  }

  #welcome(pid: number, [fifo, low, high, file, fileLow, fileHigh]: Fields): void {
    let client: ServedClient
    try {
      client = new ServedClient([pid, fifo, join(low, high)], [pid, file, join(fileLow, fileHigh)])
    } catch {
      // It died, or it is nobody: there is no way to tell it.
      return
    }
    this.#clients.set(++this.#lastClient, client)
    this.#answer(client, () => this.#lastClient)
  }

  #answer(client: ServedClient, serve: () => Answer): void {
    const words = new Int32Array(REPLY_WORDS)
    try {
      const answer = serve()
      if (typeof answer === 'number') words[1] = answer
      else words.set(answer, 1)
    } catch (error) {
      words[0] = statusOf(error)
    }
    client.reply(words)
  }

  #serve(client: ServedClient, operation: Operation, fields: Fields): Answer {
    const [handle, a, b, c] = fields
    switch (operation) {
      case OPERATION.arena: {
        const mine = client.arena(handle, this.#block(handle))
        return [mine, get(client, mine, 'arena').arena.seats.me]
      }
      case OPERATION.adopt: {
        const { arena } = get(client, handle, 'arena')
        if (c !== 16 && c !== 32 && c !== 64) throw damaged()
        const cell = arena.adopt(a, b, c satisfies CellSize)
        return client.keep({ kind: 'cell', cell, arena, cells: cell.cells })
      }
      case OPERATION.segment: {
        const { buffer } = this.#block(handle)
        if (buffer.byteLength < join(a, b)) throw damaged()
        return client.keep({ kind: 'segment', buffer })
      }
      case OPERATION.cells: {
        const { buffer } = get(client, handle, 'segment')
        const offset = join(a, b)
        checkRange(buffer, offset, c * 4)
        if (offset % 4 !== 0) throw damaged()
        const block = platform.open([0, 0, 0], buffer.byteLength, buffer)
        return client.keep({ kind: 'cells', cells: new WordCells(platform, block, offset, c) })
      }
      case OPERATION.drop:
        client.drop(handle)
        return 0
      case OPERATION.depart:
      case OPERATION.arrived: {
        const { arena, cell } = get(client, handle, 'cell')
        if (operation === OPERATION.depart) arena.depart(cell)
        else arena.arrived(cell)
        return 0
      }
      case OPERATION.loadBits:
      case OPERATION.swapBits: {
        const { cell } = get(client, handle, 'cell')
        const [, , low, high, newLow, newHigh] = fields
        const swap = operation === OPERATION.swapBits
        return swapBits(cell.buffer, cell.offset, a, swap ? [low, high, newLow, newHigh] : undefined)
      }
      case OPERATION.pull:
      case OPERATION.push: {
        const { buffer } = get(client, handle, 'segment')
        copy(operation, client.file, buffer, join(a, b), c)
        return 0
      }
      default:
        return seatOperation(client, operation, fields) ?? wordOperation(client, operation, fields)
    }
  }

  #block(number: number): Block {
    for (let next: Registered | undefined; !this.#blocks.has(number) && (next = this.#registered()); ) {
      const { buffer, control } = next
      const block = platform.open([0, 0, 0], buffer.byteLength, buffer)
      this.#blocks.set(next.number, { block, control })
    }
    const found = this.#blocks.get(number)
    if (!found) throw gone()
    return found.block
  }
}

function seatOperation(client: ServedClient, operation: Operation, fields: Fields): Answer | undefined {
  const [handle, a, b] = fields
  const seats = () => get(client, handle, 'arena').arena.seats
  switch (operation) {
    case OPERATION.isAlive:
      return Number(seats().isAlive(a))
    case OPERATION.ring:
      seats().ring(a, b)
      return 0
    case OPERATION.attend:
      seats().attend()
      return 0
    case OPERATION.wasRung:
      return Number(seats().wasRung())
    default:
      return undefined
  }
}

function wordOperation(client: ServedClient, operation: Operation, fields: Fields): Answer {
  const [handle, word, a, b] = fields
  const thing = client.thing(handle)
  if (thing?.kind !== 'cell' && thing?.kind !== 'cells') throw damaged()
  const { cells } = thing
  if (!(word >= 0 && word < cells.length)) throw damaged()
  const run = WORD_OPERATIONS[operation]
  if (!run) throw damaged()
  return run(cells, word, a, b) ?? 0
}

// biome-ignore format: a table
const WORD_OPERATIONS: Partial<Record<Operation, (cells: Cells, word: number, a: number, b: number) => number | void>> = {
  [OPERATION.load]: (cells, word) => cells.load(word),
  [OPERATION.store]: (cells, word, a) => cells.store(word, a),
  [OPERATION.exchange]: (cells, word, a) => cells.exchange(word, a),
  [OPERATION.compareExchange]: (cells, word, a, b) => cells.compareExchange(word, a, b),
  [OPERATION.add]: (cells, word, a) => cells.add(word, a),
  [OPERATION.and]: (cells, word, a) => cells.and(word, a),
  [OPERATION.or]: (cells, word, a) => cells.or(word, a),
  [OPERATION.wake]: (cells, word, a) => cells.wake(word, a),
}

function get<K extends Kind>(client: ServedClient, handle: number, kind: K): Extract<Thing, { kind: K }> {
  const thing = client.thing(handle)
  if (thing?.kind !== kind) throw damaged()
  return thing as Extract<Thing, { kind: K }>
}

function copy(
  operation: Operation,
  file: number,
  buffer: SharedArrayBuffer,
  at: number,
  count: number,
): void {
  if (count > PIECE) throw damaged()
  checkRange(buffer, at, count)
  const bytes = new Uint8Array(buffer, at, count)
  if (operation === OPERATION.pull) deliver(bytes, file)
  else fill(bytes, file)
}

function checkRange(buffer: SharedArrayBuffer, at: number, count: number): void {
  if (!(at >= 0 && count >= 0 && at + count <= buffer.byteLength)) throw damaged()
}

function statusOf(error: unknown): number {
  if (!(error instanceof MemoryError)) return STATUS.damaged
  return error.code === 'MEMORY_SEATS' ? STATUS.full : STATUS.gone
}

function gone(): Error {
  return createError('MEMORY_GONE', { what: 'a block', reason: 'nobody holds it' })
}

function damaged(): Error {
  return new RangeError('the request makes no sense')
}

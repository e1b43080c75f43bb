import { every, type Timer } from '../../base/index.ts'
import { ArenaCell } from '../arena.ts'
import type { CellSize } from '../cell.ts'
import type { Home } from '../home.ts'
import type { NumberCell, NumberView } from '../number-cell.ts'
import { LANES, slotOf } from '../seat-table.ts'
import type { Listening, Seat, Seats } from '../seats.ts'
import { type BrokerClient, clientOf } from './broker-client.ts'
import type { Origin } from './origin.ts'
import { RemoteCells } from './remote-cells.ts'
import { RemoteNumber } from './remote-number.ts'
import { OPERATION } from './requests.ts'

/** How often to ask whether this thread was rung, in milliseconds. */
const ASK = 3

/** An arena in another process, by way of its broker. */
export class RemoteArena implements Home {
  readonly id: string
  readonly origin: Origin
  readonly seats: Seats
  readonly #client: BrokerClient
  readonly #handle: number

  /** Throws `MEMORY_GONE`, `MEMORY_SEATS`, `MEMORY_CONFINED`. */
  constructor(id: string, origin: Origin) {
    const [pid, handle, mark, block] = origin
    this.id = id
    this.origin = origin
    this.#client = clientOf([pid, handle, mark])
    this.#handle = this.#client.call(OPERATION.arena, block)
    this.seats = new RemoteSeats(this.#client, this.#handle, this.#client.high)
  }

  get isGone(): boolean {
    return this.#client.isGone
  }

  adopt(unit: number, generation: number, size: CellSize): ArenaCell {
    const handle = this.#client.call(OPERATION.adopt, this.#handle, unit, generation, size)
    return new ArenaCell(this, new RemoteCells(this.#client, handle, size), unit, generation, size)
  }

  depart({ cells }: ArenaCell): void {
    this.#client.call(OPERATION.depart, (cells as RemoteCells).handle)
  }

  arrived({ cells }: ArenaCell): void {
    this.#client.call(OPERATION.arrived, (cells as RemoteCells).handle)
  }

  /** Whether or not: its memory is the other process's, and stays without this one. */
  isUnderway(): boolean {
    return false
  }

  /** None of it is here. */
  memory({ size }: ArenaCell): { readonly buffer: SharedArrayBuffer; readonly offset: number } {
    return { buffer: new SharedArrayBuffer(size * 4), offset: 0 }
  }

  numbers({ cells }: ArenaCell, view: NumberView): NumberCell {
    return new RemoteNumber(cells as RemoteCells, view)
  }
}

class RemoteSeats implements Seats {
  readonly me: Seat
  readonly #client: BrokerClient
  readonly #handle: number
  readonly #listeners = new Set<() => void>()
  #asking: Timer | undefined
  #attends = false

  constructor(client: BrokerClient, handle: number, me: Seat) {
    this.#client = client
    this.#handle = handle
    this.me = me
  }

  isAlive(seat: Seat): boolean {
    return this.#client.call(OPERATION.isAlive, this.#handle, seat) !== 0
  }

  lane(seat: Seat): number {
    return slotOf(seat) % LANES
  }

  ring(low: number, high: number): void {
    if (low !== 0 || high !== 0) this.#client.call(OPERATION.ring, this.#handle, low, high)
  }

  listen(callback: () => void): Listening {
    const listener = (): void => callback()
    this.#listeners.add(listener)
    if (!this.#attends) this.#client.call(OPERATION.attend, this.#handle)
    this.#attends = true
    this.#asking ??= every(ASK, () => this.#ask())
    return {
      close: () => {
        this.#listeners.delete(listener)
        if (this.#listeners.size > 0) return
        this.#asking?.cancel()
        this.#asking = undefined
      },
    }
  }

  #ask(): void {
    let rung = true
    try {
      rung = this.#client.call(OPERATION.wasRung, this.#handle) !== 0
    } catch {
      // The broker is gone: those who listen find that out when they look.
    }
    if (rung) for (const listener of [...this.#listeners]) listener()
  }
}

import { afterTurn, now } from '../base/index.ts'
import { pack, packThrown } from '../codec/index.ts'
import type { ProgramLink } from '../link/index.ts'
import { RESULTS, RETURNED, STRIDE, THROWN, type ToProgram, VALUE, VALUE_PACKED } from '../wire/index.ts'
import { transferListOf } from './transfer.ts'

/** Results on their way: gathered, then sent in one message. Nothing that is put in here gets lost. */
export class Results {
  readonly #link: ProgramLink
  /** Flat, as the message is: number, how, payload. */
  #flat: unknown[] = []
  #transfer: unknown[] = []
  #busy = 0
  #ended = 0
  #lastFlush = 0
  #planned = false
  /** Calls under way whose times are asked for: when each began. */
  readonly #begun = new Map<number, number>()
  /** Flat, as the message has them: number, begun, milliseconds. */
  #times: number[] = []

  constructor(link: ProgramLink) {
    this.#link = link
  }

  get any(): boolean {
    return this.#flat.length > 0
  }

  /** How long the oldest has waited at most, in milliseconds. */
  waited(time: number): number {
    return time - this.#lastFlush
  }

  /** This call has begun at `since` on the machine's clock, and its times are asked for. */
  began(number: number, since: number): void {
    this.#begun.set(number, since)
  }

  returned(number: number): void {
    this.#flat.push(number, RETURNED, undefined)
  }

  value(number: number, value: unknown, busy: number): void {
    const transfer = transferListOf(value)
    try {
      const graph = pack(value, { path: 'result', can: this.#link.can, transfer })
      if (transfer && this.#link.can.transfer) this.#transfer.push(...transfer)
      this.ended(number, graph ? VALUE_PACKED : VALUE, graph ?? value, busy)
    } catch (error) {
      this.thrown(number, error, busy)
    }
  }

  thrown(number: number, thrown: unknown, busy: number): void {
    this.ended(number, THROWN, packThrown(thrown, this.#link.can), busy)
  }

  ended(number: number, how: number, payload: unknown, busy: number): void {
    this.#flat.push(number, how, payload)
    this.#busy += busy
    this.#ended++
    if (this.#begun.size > 0) this.#noteTimes(number, busy)
  }

  #noteTimes(number: number, busy: number): void {
    const since = this.#begun.get(number)
    if (since === undefined) return
    this.#begun.delete(number)
    this.#times.push(number, since, busy)
  }

  /** Sends what is there as soon as the event loop has turned: calls that end together travel together. */
  flushSoon(): void {
    if (this.#planned || !this.any) return
    this.#planned = true
    afterTurn(() => {
      this.#planned = false
      this.flush()
    })
  }

  flush(): void {
    this.#lastFlush = now()
    if (!this.any) return
    const flat = this.#flat
    const transfer = this.#transfer
    const [busy, ended, times] = [this.#busy, this.#ended, this.#times]
    this.#flat = []
    this.#transfer = []
    this.#busy = 0
    this.#ended = 0
    if (times.length > 0) this.#times = []
    const message: ToProgram =
      times.length > 0 ? [RESULTS, flat, busy, ended, times] : [RESULTS, flat, busy, ended]
    try {
      this.#link.send(message, transfer.length > 0 ? transfer : undefined)
    } catch {
      this.#sendOneByOne(flat, busy, ended)
    }
  }

  /** One of them can't be cloned, though it looked as if it could: that one fails, the others arrive. */
  #sendOneByOne(flat: readonly unknown[], busy: number, ended: number): void {
    for (let at = 0; at < flat.length; at += STRIDE) {
      const [number, how, payload] = flat.slice(at, at + STRIDE)
      try {
        this.#link.send([RESULTS, [number, how, payload], busy / ended, 1], transferListOf(payload))
      } catch (error) {
        this.#link.send([RESULTS, [number, THROWN, packThrown(error, this.#link.can)], busy / ended, 1])
      }
    }
  }
}

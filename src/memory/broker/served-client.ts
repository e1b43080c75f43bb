import { closeSync, constants, writeSync } from 'node:fs'
import { Arena, type ArenaCell } from '../arena.ts'
import type { Cells } from '../cells.ts'
import { NoPlatform } from '../platform/none.ts'
import type { Block, Place, SeatWords } from '../platform/platform.ts'
import { isThere, openPlace } from './fifo.ts'
import { writeRemoteLife } from './remote-life.ts'

/** What a handle of a client stands for. */
export type Thing =
  | { readonly kind: 'arena'; readonly arena: Arena }
  | { readonly kind: 'cell'; readonly cell: ArenaCell; readonly arena: Arena; readonly cells: Cells }
  | { readonly kind: 'segment'; readonly buffer: SharedArrayBuffer }
  | { readonly kind: 'cells'; readonly cells: Cells }

/** The platform of this process, with the seats taken for somebody else. */
class ClientPlatform extends NoPlatform {
  readonly #life: Place

  constructor(life: Place) {
    super('it serves another process')
    this.#life = life
  }

  override takeLife(_block: Block, _region: unknown, seat: SeatWords): void {
    writeRemoteLife(seat, this.#life)
  }
}

/** A thread of another process, as the broker sees it: what it holds, and how to answer it. */
export class ServedClient {
  readonly file: number
  readonly platform: NoPlatform
  readonly #life: Place
  readonly #out: number
  readonly #things = new Map<number, Thing>()
  readonly #arenas = new Map<number, number>()
  #lastHandle = 0

  /** Throws `MEMORY_GONE` if it has ended already. */
  constructor(life: Place, file: Place) {
    this.#life = life
    this.platform = new ClientPlatform(life)
    // It reads already, so this can't block; and it has one request under way, so its FIFO is never full.
    this.#out = openPlace(life, constants.O_WRONLY | constants.O_NONBLOCK)
    try {
      this.file = openPlace(file, 'r+')
    } catch (error) {
      closeSync(this.#out)
      throw error
    }
  }

  get isAlive(): boolean {
    return isThere(this.#life)
  }

  reply(words: Int32Array): void {
    try {
      writeSync(this.#out, new Uint8Array(words.buffer))
    } catch {
      // It died meanwhile; it is buried later.
    }
  }

  keep(thing: Thing): number {
    this.#things.set(++this.#lastHandle, thing)
    return this.#lastHandle
  }

  thing(handle: number): Thing | undefined {
    return this.#things.get(handle)
  }

  /** The handle of its view of an arena: with a seat of its own. */
  arena(number: number, block: Block): number {
    const known = this.#arenas.get(number)
    if (known !== undefined) return known
    const handle = this.keep({ kind: 'arena', arena: new Arena(this.platform, block) })
    this.#arenas.set(number, handle)
    return handle
  }

  drop(handle: number): void {
    const thing = this.#things.get(handle)
    if (!thing || thing.kind === 'arena') return
    this.#things.delete(handle)
    if (thing.kind === 'cell') thing.arena.release(thing.cell)
  }

  /** It has ended. Its seats are free by now, and somebody else may sit there: what it held is found by sweeping. */
  bury(): void {
    const arenas: Arena[] = []
    for (const thing of this.#things.values()) {
      if (thing.kind === 'cell') thing.arena.forget(thing.cell)
      if (thing.kind === 'arena') arenas.push(thing.arena)
    }
    this.#things.clear()
    closeSync(this.#out)
    closeSync(this.file)
    for (const arena of arenas) arena.sweep()
  }
}

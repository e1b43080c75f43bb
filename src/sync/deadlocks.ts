import type { Cell } from '../memory/index.ts'
import { allocateCell } from '../memory/index.ts'
import { type Hold, holdsHere } from './holds.ts'

/*
 * Who holds what and waits for what, of all locks that are watched: records in a few cells that travel with each of
 * them. A record is claimed by its KIND, filled, and given its kind; the dead leave theirs behind for others to clear.
 *
 *   KIND   0 free, -1 being filled, HELD: `lock` is held by the hold, BLOCKED: the hold's task waits for `lock`
 *   LOCK   the lock's number    SEAT, HOLD, PID   whose hold
 */
const KIND = 0
const LOCK = 1
const SEAT = 2
const HOLD = 3
const PID = 4
const RECORD = 5
const FREE = 0
const FILLING = -1
const HELD = 1
const BLOCKED = 2

const CELL_WORDS = 64
const CELLS = 12
const PER_CELL = Math.floor((CELL_WORDS - 1) / RECORD)
/** In the first cell, after its records: how many locks have been numbered. */
const NUMBERED = CELL_WORDS - 1

/** A record's place. */
export type Place = number

interface Record {
  readonly kind: number
  readonly lock: number
  readonly seat: number
  readonly hold: number
  readonly pid: number
}

/** The watched locks of a program and its workers. Beyond what it has room for (144 records) nothing is watched. */
export class Deadlocks {
  readonly cells: readonly Cell[]
  readonly #names = new Map<number, string>()

  constructor(cells?: readonly Cell[]) {
    this.cells = cells ?? Array.from({ length: CELLS }, () => allocateCell(CELL_WORDS))
  }

  /** A number for a new lock. */
  nextNumber(): number {
    return (this.cells[0] as Cell).cells.add(NUMBERED, 1) + 1
  }

  /** Remembers what a lock is called here. */
  name(lock: number, name: string): void {
    this.#names.set(lock, name)
  }

  held(lock: number, hold: Hold): Place | undefined {
    return this.#add(HELD, lock, hold)
  }

  /** The tasks inside of these holds wait for the lock. */
  block(lock: number, holds: readonly Hold[]): Place[] {
    return holds.map(hold => this.#add(BLOCKED, lock, hold)).filter(place => place !== undefined)
  }

  remove(place: Place | undefined): void {
    if (place === undefined) return
    const { cells, at } = this.#at(place)
    cells.store(at + KIND, FREE)
  }

  /**
   * Does somebody who holds `lock` wait, through however many others, for one of these holds to end? Then the ring,
   * a line for each lock in it.
   */
  ring(lock: number, holds: readonly Hold[]): string[] | undefined {
    const records = this.#alive()
    const mine = new Set(holds.map(hold => hold.number))
    const { me } = this.#seats
    const visit = (wanted: number, path: readonly Record[]): readonly Record[] | undefined => {
      const holder = records.find(record => record.kind === HELD && record.lock === wanted)
      if (!holder || path.includes(holder)) return undefined
      const longer = [...path, holder]
      if (holder.seat === me && mine.has(holder.hold)) return longer
      for (const record of records) {
        if (record.kind !== BLOCKED || record.seat !== holder.seat || record.hold !== holder.hold) continue
        const found = visit(record.lock, longer)
        if (found) return found
      }
      return undefined
    }
    const found = visit(lock, [])
    return found?.map((record, i) => {
      const next = found[i + 1]?.lock ?? lock
      const who = `thread ${record.seat} of process ${record.pid}${record.seat === me ? ' (this one)' : ''}`
      return `${this.#nameOf(record.lock)} is held by ${who}, which waits for ${this.#nameOf(next)}`
    })
  }

  get #seats(): Cell['seats'] {
    return (this.cells[0] as Cell).seats
  }

  #nameOf(lock: number): string {
    return this.#names.get(lock) ?? `lock number ${lock}`
  }

  #add(kind: number, lock: number, hold: Hold): Place | undefined {
    for (let place = 0; place < this.cells.length * PER_CELL; place++) {
      const { cells, at } = this.#at(place)
      if (cells.compareExchange(at + KIND, FREE, FILLING) !== FREE) continue
      cells.store(at + LOCK, lock)
      cells.store(at + SEAT, this.#seats.me)
      cells.store(at + HOLD, hold.number)
      cells.store(at + PID, process.pid)
      cells.store(at + KIND, kind)
      return place
    }
    return undefined
  }

  /** The records of threads that live; those of the dead are cleared. */
  #alive(): Record[] {
    const found: Record[] = []
    for (let place = 0; place < this.cells.length * PER_CELL; place++) {
      const { cells, at } = this.#at(place)
      const kind = cells.load(at + KIND)
      if (kind !== HELD && kind !== BLOCKED) continue
      const seat = cells.load(at + SEAT)
      if (!this.#seats.isAlive(seat)) cells.compareExchange(at + KIND, kind, FREE)
      else {
        const [lock, hold, pid] = [LOCK, HOLD, PID].map(word => cells.load(at + word)) as [
          number,
          number,
          number,
        ]
        found.push({ kind, lock, seat, hold, pid })
      }
    }
    return found
  }

  #at(place: Place): { cells: Cell['cells']; at: number } {
    const { cells } = this.cells[Math.floor(place / PER_CELL)] as Cell
    return { cells, at: (place % PER_CELL) * RECORD }
  }
}

const known = new Map<string, Deadlocks>()
let own: Deadlocks | undefined

/** The records that travelled here with a lock, or those of this thread. */
export function deadlocks(cells?: readonly Cell[]): Deadlocks {
  const [first] = cells ?? []
  if (!first) {
    own ??= new Deadlocks()
    known.set((own.cells[0] as Cell).id, own)
    return own
  }
  let found = known.get(first.id)
  if (!found) known.set(first.id, (found = new Deadlocks(cells)))
  own ??= found
  return found
}

/** Whether locks are watched that say nothing about it. */
export function watchesByDefault(): boolean {
  const { MANYCORE_DETECT_DEADLOCKS: said } = process.env
  return said === '1' || said === 'true'
}

/** What a watched lock keeps of itself. */
export class Watch {
  readonly graph: Deadlocks
  readonly #number: number
  #hold: Hold | undefined
  #place: Place | undefined

  constructor(graph: Deadlocks, number: number, name: string) {
    this.graph = graph
    this.#number = number
    graph.name(number, name)
  }

  /** This thread has it. */
  held(hold: Hold): void {
    this.#hold = hold
    this.#place = this.graph.held(this.#number, hold)
    holdsHere.add(hold)
  }

  /** It is to be released, if this thread has it. */
  released(): void {
    this.graph.remove(this.#place)
    this.#place = undefined
    if (this.#hold) holdsHere.delete(this.#hold)
    this.#hold = undefined
  }

  block(holds: readonly Hold[]): Place[] {
    return this.graph.block(this.#number, holds)
  }

  ring(holds: readonly Hold[]): string[] | undefined {
    return this.graph.ring(this.#number, holds)
  }
}

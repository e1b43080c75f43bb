import type { PlanTask } from './plan-words.ts'

/** First in, first out. */
class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    // Compact in one go when half is used up: each item is moved at most once on average.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /** Lets go of all others, in one go. */
  keep(wanted: (item: T) => boolean): void {
    this.#items = this.#items.filter(item => item !== undefined && wanted(item))
    this.#head = 0
  }

  get isEmpty(): boolean {
    return this.#head === this.#items.length
  }
}

/** One priority's line: those that came back go first. */
class Lane<T> {
  readonly back: Fifo<T> = new Fifo<T>()
  readonly front: Fifo<T> = new Fifo<T>()

  shift(): T | undefined {
    return this.front.shift() ?? this.back.shift()
  }

  keep(wanted: (item: T) => boolean): void {
    this.front.keep(wanted)
    this.back.keep(wanted)
  }

  get isEmpty(): boolean {
    return this.front.isEmpty && this.back.isEmpty
  }
}

/** So many cancelled tasks may lie among others, or as many as wait: they hold what they were to be called with. */
const MOST_DROPPED = 256
/** So many lanes are no trouble, empty or not. */
const FEW = 16

/** Tasks that wait for a worker: higher priorities first, then in the order they came. */
export class WaitingLine<T extends PlanTask> {
  readonly #lanes = new Map<number, Lane<T>>()
  /** Priorities in use, highest last. */
  #priorities: number[] = []
  #size = 0
  /** With so many lanes, those without anybody are removed. */
  #roomy = FEW
  /** Cancelled in line, and not passed over yet. */
  #dropped = 0

  /** How many wait; those cancelled in line are not counted. */
  get size(): number {
    return this.#size
  }

  /** The priority of who is next; `undefined` where all have the same, for all that is known. */
  get highest(): number | undefined {
    if (this.#priorities.length === 1) return undefined
    for (let i = this.#priorities.length - 1; i >= 0; i--) {
      if (!this.#laneAt(i).isEmpty) return this.#priorities[i]
      this.#leaveBehind(i)
    }
    return undefined
  }

  push(task: T): void {
    this.#lane(task.priority).back.push(task)
    this.#size++
  }

  /** For a task that was taken back or is run again: it has waited its turn already. In the order in which they come back. */
  pushFront(task: T): void {
    this.#lane(task.priority).front.push(task)
    this.#size++
  }

  /** A task in line was cancelled: it is passed over when its turn comes, or let go of with others before. */
  drop(): void {
    this.#size--
    const most = this.#size === 0 ? 0 : Math.max(MOST_DROPPED, this.#size)
    if (++this.#dropped > most) this.#letGo()
  }

  shift(): T | undefined {
    for (let i = this.#priorities.length - 1; i >= 0; i--) {
      const lane = this.#laneAt(i)
      for (let task = lane.shift(); task; task = lane.shift()) {
        if (!isWaiting(task)) {
          this.#dropped--
          continue
        }
        this.#size--
        // Who knows when the next one comes that would pass over them?
        if (this.#size === 0 && this.#dropped > 0) this.#letGo()
        return task
      }
      this.#leaveBehind(i)
    }
    return undefined
  }

  /** Takes everything out. */
  drain(): T[] {
    const all: T[] = []
    for (let task = this.shift(); task; task = this.shift()) all.push(task)
    return all
  }

  #letGo(): void {
    this.#dropped = 0
    for (const lane of this.#lanes.values()) lane.keep(isWaiting)
  }

  #lane(priority: number): Lane<T> {
    let lane = this.#lanes.get(priority)
    if (!lane) {
      if (this.#lanes.size >= this.#roomy) this.#removeEmpty()
      lane = new Lane()
      this.#lanes.set(priority, lane)
      this.#priorities.splice(this.#place(priority), 0, priority)
    }
    return lane
  }

  /** How many priorities are lower. */
  #place(priority: number): number {
    let low = 0
    let high = this.#priorities.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#priorities[middle] as number) < priority) low = middle + 1
      else high = middle
    }
    return low
  }

  #laneAt(place: number): Lane<T> {
    return this.#lanes.get(this.#priorities[place] as number) as Lane<T>
  }

  /** The highest lane, at this place, is empty: of many it is removed, or each task would walk past it. */
  #leaveBehind(place: number): void {
    if (place >= FEW) this.#lanes.delete(this.#priorities.pop() as number)
  }

  /** Who gives each task a priority of its own would leave a lane for each, to be walked past. */
  #removeEmpty(): void {
    for (const [priority, lane] of this.#lanes) if (lane.isEmpty) this.#lanes.delete(priority)
    this.#priorities = this.#priorities.filter(priority => this.#lanes.has(priority))
    this.#roomy = Math.max(FEW, 2 * this.#lanes.size)
  }
}

function isWaiting({ state }: PlanTask): boolean {
  return state === 'waiting'
}

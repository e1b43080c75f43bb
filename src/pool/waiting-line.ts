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
}

/** One priority's line: those that came back go first. */
class Lane<T> {
  readonly back: Fifo<T> = new Fifo<T>()
  readonly front: Fifo<T> = new Fifo<T>()

  shift(): T | undefined {
    return this.front.shift() ?? this.back.shift()
  }
}

/** Tasks that wait for a worker: higher priorities first, then in the order they came. */
export class WaitingLine<T extends PlanTask> {
  readonly #lanes = new Map<number, Lane<T>>()
  /** Priorities in use, highest first. */
  #priorities: number[] = []
  #size = 0

  /** How many wait; those cancelled in line are not counted. */
  get size(): number {
    return this.#size
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

  /** A task in line was cancelled: it is passed over when its turn comes. */
  drop(): void {
    this.#size--
  }

  shift(): T | undefined {
    for (const priority of this.#priorities) {
      const lane = this.#lanes.get(priority) as Lane<T>
      for (let task = lane.shift(); task; task = lane.shift()) {
        if (task.state !== 'waiting') continue
        this.#size--
        return task
      }
    }
    return undefined
  }

  /** Takes everything out. */
  drain(): T[] {
    const all: T[] = []
    for (let task = this.shift(); task; task = this.shift()) all.push(task)
    return all
  }

  #lane(priority: number): Lane<T> {
    let lane = this.#lanes.get(priority)
    if (!lane) {
      lane = new Lane()
      this.#lanes.set(priority, lane)
      this.#priorities = [...this.#lanes.keys()].sort((a, b) => b - a)
    }
    return lane
  }
}

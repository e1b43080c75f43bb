import type { PlanTask } from './plan.ts'

/** One priority's line: first in, first out, with a way back to the front. */
class Lane<T> {
  #items: (T | undefined)[] = []
  #head = 0
  /** Those that came back, latest last: they go before the others. */
  #front: T[] = []

  push(item: T): void {
    this.#items.push(item)
  }

  pushFront(item: T): void {
    this.#front.push(item)
  }

  shift(): T | undefined {
    const returned = this.#front.pop()
    if (returned !== undefined) return returned
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
    this.#lane(task.priority).push(task)
    this.#size++
  }

  /** For a task that was taken back or is run again: it has waited its turn already. */
  pushFront(task: T): void {
    this.#lane(task.priority).pushFront(task)
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

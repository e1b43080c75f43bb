import type { Listening, Seats } from './seats.ts'

/** One thread alone: for programs in which nothing is shared yet, and the first stand-in while the room is built. */
class LocalSeats implements Seats {
  readonly me = 1
  readonly #listeners = new Set<() => void>()
  #rung = false

  isAlive(): boolean {
    return true
  }

  lane(): number {
    return 1
  }

  ring(): void {
    if (this.#rung) return
    this.#rung = true
    setImmediate(() => {
      this.#rung = false
      for (const listener of [...this.#listeners]) listener()
    })
  }

  listen(callback: () => void): Listening {
    this.#listeners.add(callback)
    return { close: () => this.#listeners.delete(callback) }
  }
}

let seats: Seats | undefined

export function localSeats(): Seats {
  return (seats ??= new LocalSeats())
}

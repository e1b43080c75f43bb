import type { BlockHandle, Place } from './platform.ts'

/** Something of the system's that is closed once. `close` must not lead to the block. */
export class OpenHandle implements BlockHandle {
  readonly #close: () => void
  #place: Place | undefined

  constructor(place: Place | undefined, close: () => void) {
    this.#place = place
    this.#close = close
  }

  get place(): Place | undefined {
    return this.#place
  }

  release(): void {
    if (!this.#place) return
    this.#place = undefined
    this.#close()
  }
}

/** Where there is nothing to give back: whoever has the buffer keeps the memory. */
export const NO_HANDLE: BlockHandle = { place: undefined, release() {} }

/** Keeps the end of a stream of bytes. */
export class Tail {
  #parts: Buffer[] = []
  #size = 0
  readonly #limit: number

  constructor(limit = 4096) {
    this.#limit = limit
  }

  push(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.#size += bytes.length
    while (this.#size - (this.#parts[0] as Buffer).length >= this.#limit) {
      this.#size -= (this.#parts.shift() as Buffer).length
    }
  }

  toString(): string {
    return Buffer.concat(this.#parts, this.#size).subarray(-this.#limit).toString()
  }
}

import { registerClass } from 'manycore'

/** What is in it is private; registered where it is declared. */
export class Secret {
  readonly #word: string

  constructor(word: string) {
    this.#word = word
  }

  get word(): string {
    return this.#word
  }
}

registerClass(Secret, { pack: secret => secret.word, unpack: word => new Secret(word) })

/** Registered by who imports it. */
export class Box {
  readonly #content: number

  constructor(content: number) {
    this.#content = content
  }

  get content(): number {
    return this.#content
  }
}

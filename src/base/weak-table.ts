/** Things that are found by a text. It holds none of them alive, and forgets those that are gone. */
export class WeakTable<T extends WeakKey> {
  readonly #things = new Map<string, WeakRef<T>>()
  readonly #gone = new FinalizationRegistry<string>(key => {
    // Another may stand there by now.
    if (this.get(key) === undefined) this.#things.delete(key)
  })

  get(key: string): T | undefined {
    return this.#things.get(key)?.deref()
  }

  set(key: string, thing: T): void {
    this.#things.set(key, new WeakRef(thing))
    this.#gone.register(thing, key)
  }
}

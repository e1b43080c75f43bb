/** How far `runAhead` goes, and in which order it gives results. */
export interface RunAheadOptions {
  /** Most items that are begun and not yet handed out; asked before each. */
  readonly limit: () => number
  /** Results in the order of the items; otherwise as they come. */
  readonly ordered: boolean
  /** No item is taken after this; those begun are still handed out. */
  readonly signal: AbortSignal
}

/**
 * Runs `work` over items, up to `limit()` ahead of whoever takes the results.
 *
 *     items ──► take in ──► begun, at most `limit` ──► results ──► hand out
 *                  ▲                                                 │
 *                  └──────────────── room again ◄────────────────────┘
 *
 * Taking in and handing out are two loops, so that a result never waits for an input that is slow to come.
 */
export async function* runAhead<T, R>(
  items: AsyncIterable<T>,
  work: (item: T) => Promise<R>,
  { limit, ordered, signal }: RunAheadOptions,
): AsyncGenerator<R> {
  const results: Promise<R>[] = []
  const changed = new Bell()
  let begun = 0
  let ended = false

  function begin(item: T): void {
    begun++
    const result = work(item)
    // A rejection is met when the result is handed out; until then it must not count as unhandled.
    result.catch(() => {})
    if (ordered) results.push(result)
    const settled = (): void => {
      if (!ordered) results.push(result)
      changed.ring()
    }
    result.then(settled, settled)
  }

  async function takeIn(): Promise<void> {
    const isOver = (): boolean => signal.aborted || ended
    const isFull = (): boolean => begun >= limit()
    for await (const item of items) {
      while (isFull() && !isOver()) await changed.next()
      if (isOver()) return
      begin(item)
      changed.ring()
    }
  }

  const takingIn = takeIn().finally(() => {
    ended = true
    changed.ring()
  })
  takingIn.catch(() => {})
  try {
    while (true) {
      const result = results.shift()
      if (result) {
        yield await result
        begun--
        changed.ring()
      } else if (ended && begun === 0) break
      else await changed.next()
    }
  } finally {
    ended = true
    changed.ring()
  }
  await takingIn
}

/** Wakes everybody who waits for the next change. */
class Bell {
  #ring: () => void = () => {}
  #next: Promise<void> = this.#make()

  #make(): Promise<void> {
    return new Promise(resolve => {
      this.#ring = resolve
    })
  }

  next(): Promise<void> {
    return this.#next
  }

  ring(): void {
    const ring = this.#ring
    this.#next = this.#make()
    ring()
  }
}

import type { Writable } from 'node:stream'

/*
 * What a thread prints goes to the program's own thread, which shows it. Node sends one piece, and the next when the
 * program has asked for that and the thread's event loop has turned: a thread that is ended before, or that computes, has
 * printed less than it did. Here all is sent at once, up to a limit; beyond it as Node does, or before the next result.
 */

/** So many pieces may be underway. Who prints more in one go is quicker with all the rest in one piece. */
const MOST = 64

/** Streams that hold something back: how each goes on. */
const held = new Map<Writable, () => void>()

/** Once, in a thread. A stream costs something only when it is used. */
export function sendOutputAtOnce(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const property = Object.getOwnPropertyDescriptor(process, name)
    const get = property?.get
    if (!property || !get) continue
    let stream: Writable | undefined
    Object.defineProperty(process, name, {
      ...property,
      get: () => (stream ??= hastened(get.call(process) as Writable)),
    })
  }
}

/** What is held back leaves too. */
export function sendHeldOutput(): void {
  if (held.size === 0) return
  const goOn = [...held.values()]
  held.clear()
  for (const next of goOn) next()
}

function hastened(stream: Writable): Writable {
  const write = stream._writev
  if (typeof write !== 'function') return stream
  let underway = 0
  stream._writev = (pieces, callback) => {
    underway++
    write.call(stream, pieces, () => {
      underway--
      const next = held.get(stream)
      if (!next || underway >= MOST) return
      held.delete(stream)
      next()
    })
    if (underway >= MOST) held.set(stream, callback)
    else callback()
  }
  return stream
}

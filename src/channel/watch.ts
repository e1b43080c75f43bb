import { every, type Timer } from '../base/index.ts'
import type { Listening, Seats } from '../memory/index.ts'

/** How often those who wait look by themselves, in milliseconds: how long a death may go unnoticed. */
const LOOK_EVERY = 50

const watchers = new Set<() => void>()
let timer: Timer | undefined

/** Calls back when the bell of this thread rings, and now and then. Keeps the program alive until it is stopped. */
export function watch(seats: Seats, callback: () => void): () => void {
  const listening: Listening = seats.listen(callback)
  watchers.add(callback)
  timer ??= every(LOOK_EVERY, look, { keepAlive: false })
  return () => {
    listening.close()
    watchers.delete(callback)
    if (watchers.size > 0) return
    timer?.cancel()
    timer = undefined
  }
}

function look(): void {
  for (const callback of [...watchers]) callback()
}

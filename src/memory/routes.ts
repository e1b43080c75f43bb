import type { Cells } from './cells.ts'
import type { Place } from './platform/platform.ts'

/*
 * The words of a segment's control cell: where processes hold it, so that it can be found when the one that sent it
 * is gone. A few are enough: one of them has to be alive.
 *
 *   mark (two words) │ pid, handle + 1 │ pid, handle + 1 │ …
 */
export const ROUTE = { mark: 0, first: 2, words: 2 } as const
const { mark: MARK, first: FIRST, words: PAIR } = ROUTE

export function addRoute(cells: Cells, [pid, handle, mark]: Place): void {
  cells.store(MARK, mark | 0)
  cells.store(MARK + 1, Math.floor(mark / 2 ** 32))
  for (let word = FIRST; word + 1 < cells.length; word += PAIR) {
    if (cells.compareExchange(word, 0, pid) !== 0) continue
    cells.store(word + 1, handle + 1)
    return
  }
  // All taken; those of processes that are gone are of no use.
  for (let word = FIRST; word + 1 < cells.length; word += PAIR) {
    const other = cells.load(word)
    if (isThere(other) || cells.compareExchange(word, other, pid) !== other) continue
    cells.store(word + 1, handle + 1)
    return
  }
}

export function removeRoute(cells: Cells, [pid, handle]: Place): void {
  for (let word = FIRST; word + 1 < cells.length; word += PAIR) {
    if (cells.load(word) !== pid || cells.load(word + 1) !== handle + 1) continue
    cells.store(word + 1, 0)
    cells.store(word, 0)
  }
}

export function routes(cells: Cells): Place[] {
  const mark = (cells.load(MARK) >>> 0) + cells.load(MARK + 1) * 2 ** 32
  const found: Place[] = []
  for (let word = FIRST; word + 1 < cells.length; word += PAIR) {
    const [pid, handle] = [cells.load(word), cells.load(word + 1)]
    if (pid > 0 && handle > 0) found.push([pid, handle - 1, mark])
  }
  return found
}

export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

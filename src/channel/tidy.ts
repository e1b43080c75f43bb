import { HEAD, TAIL, UNIT } from './layout.ts'
import { PUT, type Ring, unitsOf } from './ring.ts'
import { GONE } from './tags.ts'

/*
 * What is taken out of turn leaves a gap, and as long as the oldest message stays nothing before it can be given back.
 * So gaps behind the newest message go at once, and when the gaps outweigh the messages, those are copied to behind
 * them. A message keeps its ordinal, and none is given twice.
 */

/** What a walk has found in a ring, without the message that is about to be taken. */
export interface Left {
  readonly count: number
  readonly units: number
  /** How many gaps lie between them. */
  readonly gone: number
  /** Where the newest one ends. */
  readonly end: number
  /** Where the tail was. */
  readonly tail: number
}

/** Up to here gaps do no harm: units, and how many. */
const FEW_UNITS = 4096
const FEW = 32

/** Whoever calls holds the lock of the head, and has just taken a message. */
export function tidy(ring: Ring, left: Left): void {
  const { cells, memory } = ring
  const head = cells.load(HEAD)
  if (left.count === 0 || !(left.end !== left.tail || isWorthCopying(head, left))) return
  // Somebody is putting: another time.
  if (!ring.tryLock(PUT)) return
  try {
    const tail = cells.load(TAIL)
    const now = left.tail === tail ? left : withNewer(left, tail)
    const capacity = ring.load()
    const ordinal = memory.ordinal(tail, capacity)
    // Behind the header that tells the next ordinal: others may be looking at it.
    const target = (tail + 1) | 0
    const wanted = (((tail - head) >>> 0) + now.units + 2) * UNIT
    if (isWorthCopying(head, now) && wanted <= capacity) {
      copyAll(ring, head, now, target)
      ring.move(target, (target + now.units) | 0, ordinal)
    } else if (now.end !== tail) ring.move(head, now.end, ordinal)
  } finally {
    ring.unlock(PUT)
  }
}

/** What was put since the walk is whole. How many that are does not matter. */
function withNewer(left: Left, tail: number): Left {
  return { ...left, units: left.units + ((tail - left.tail) >>> 0), end: tail, tail }
}

/** Do the gaps take more memory than the messages, or more time in each walk than one copy? */
function isWorthCopying(head: number, { count, units, gone, end }: Left): boolean {
  const gaps = ((end - head) >>> 0) - units
  return gaps > Math.max(units, FEW_UNITS) || (gone > Math.max(count, FEW) && gone * gone > units)
}

/** Copies all messages to `target`, where nothing is. */
function copyAll(ring: Ring, head: number, { units, end }: Left, target: number): void {
  const { memory } = ring
  const capacity = ring.load()
  let copied = 0
  for (let at = head; at !== end; ) {
    const header = memory.readHeader(at, capacity)
    if (!header) throw ring.damaged('the header of a message')
    const size = unitsOf(header.length)
    if (header.tag !== GONE) {
      if (copied + size > units) throw ring.damaged('the length of a message')
      const to = (target + copied) | 0
      const { length } = header
      if (length > 0)
        memory.write(to, capacity, { ...header, ...memory.whole(at, capacity, length) }, 0, length)
      memory.writeHeader(to, capacity, header, memory.ordinal(at, capacity))
      copied += size
    }
    at = (at + size) | 0
  }
}

import { allocateCell, createSegment } from '../../src/memory/index.ts'
import { FRONT, Ring, RING_WORDS, SegmentMemory } from './parts.ts'

/** A ring of `first` bytes at first and `largest` at most, for tests that look inside. */
export function makeRing(first: number, largest: number, maxsize: number, outOfTurn = false): Ring {
  const cell = allocateCell(RING_WORDS)
  const segment = createSegment(FRONT + largest, { committed: FRONT + first })
  const memory = new SegmentMemory(segment)
  Ring.init(cell.cells, memory, first, maxsize)
  return new Ring(cell.cells, cell.seats, memory, { growth: 'always', name: 'the ring', outOfTurn })
}

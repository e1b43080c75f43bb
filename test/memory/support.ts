import {
  allocateCell,
  type Cell,
  createSegment,
  registerHandle,
  type Segment,
} from '../../src/memory/index.ts'

/** The smallest thing that lives in shared memory: a cell, and maybe a segment and something more. */
export class Box {
  readonly cell: Cell
  readonly segment: Segment | undefined
  readonly more: unknown

  constructor(cell: Cell, segment?: Segment, more?: unknown) {
    this.cell = cell
    this.segment = segment
    this.more = more
  }

  static make(more?: unknown): Box {
    return new Box(allocateCell(), undefined, more)
  }

  static withBytes(size: number): Box {
    return new Box(allocateCell(), createSegment(size))
  }
}

registerHandle<Box>({
  name: 'test box',
  from: import.meta.url,
  claims: value => value instanceof Box,
  parts: box => (box.segment ? [box.cell, box.segment] : [box.cell]),
  data: box => box.more,
  make: ([cell, segment], more) => new Box(cell as Cell, segment as Segment | undefined, more),
})

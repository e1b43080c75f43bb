import { createError, WeakTable } from '../base/index.ts'
import type { Packer, Slot, Unpacker } from '../codec/index.ts'
import { ArenaCell } from './arena.ts'
import { type ArenaReference, arenaOf, referTo } from './arenas.ts'
import { whyNoBroker } from './broker/origin.ts'
import { RemoteArena } from './broker/remote-arena.ts'
import { RemoteSegment } from './broker/remote-segment.ts'
import type { Cell, CellSize } from './cell.ts'
import type { HandleKind } from './handle-kinds.ts'
import { platform } from './platform/pick.ts'
import { MappedSegment, openSegment, type Segment, type SegmentReference } from './segment.ts'

type CellReference = readonly [arena: ArenaReference, unit: number, generation: number, size: CellSize]
type PartReference = readonly [cell: CellReference, segment: SegmentReference | null]
export type HandlePayload = readonly [kind: string, parts: readonly PartReference[], data: Slot]

/** One object for each identity. */
const objects = new WeakTable<object>()

/** The handle as it travels. */
export function packHandle(kind: HandleKind<object>, thing: object, packer: Packer): HandlePayload {
  const parts = kind.parts(thing)
  if (!kind.isOver?.(thing)) remember(keyOf(kind.name, (parts[0] as Cell | Segment).id), thing)
  checkReach(kind.givesMemory?.(thing) ?? false, parts, packer)
  const references = parts.map(part => referToPart(part, packer))
  const data = kind.data?.(thing)
  if (kind.arrived) packer.unsent(() => kind.arrived?.(thing))
  return [kind.name, references, kind.data ? packer.slot(data, '') : undefined]
}

/** What it stands for: the object that this thread has already, or a new one over the same memory. */
export function makeHandle(
  kind: HandleKind<object>,
  [name, references, data]: HandlePayload,
  unpacker: Unpacker,
): object {
  const key = keyOf(name, idOf(references))
  const there = objects.get(key)
  if (there && !kind.isOver?.(there)) {
    for (const part of kind.parts(there)) arrived(part)
    kind.arrived?.(there)
    return there
  }
  const thing = kind.make(references.map(openPart), unpacker.complete(data))
  remember(key, thing)
  return thing
}

function keyOf(kind: string, id: string): string {
  return `${kind} ${id}`
}

function remember(key: string, thing: object): void {
  if (objects.get(key) !== thing) objects.set(key, thing)
}

/** The cell by which a part is known: its own, or a segment's control cell. */
function cellOf(part: Cell | Segment): ArenaCell {
  if (part instanceof ArenaCell) return part
  if (isSegment(part)) return part.control
  throw createError('INTERNAL', { what: 'a handle is made of something that is not shared memory' })
}

function isSegment(part: Cell | Segment): part is MappedSegment | RemoteSegment {
  return part instanceof MappedSegment || part instanceof RemoteSegment
}

/** Another process may have to go through a broker. Throws `MEMORY_CONFINED` where that won't do, or there is none. */
function checkReach(givesMemory: boolean, parts: readonly (Cell | Segment)[], packer: Packer): void {
  const { confined } = platform()
  if (confined === undefined || packer.can.share) return
  const without = givesMemory ? ONLY_WORDS : parts.some(isHere) ? whyNoBroker() : undefined
  if (without === undefined) return
  throw createError('MEMORY_CONFINED', { path: packer.pathText(), reason: `${confined}; ${without}` })
}

function isHere(part: Cell | Segment): boolean {
  return !(part instanceof RemoteSegment || (part instanceof ArenaCell && part.arena instanceof RemoteArena))
}

const ONLY_WORDS = 'locks, queues and numbers can cross all the same'

function referToPart(part: Cell | Segment, packer: Packer): PartReference {
  const { share } = packer.can
  if (isSegment(part) && part.isClosed) {
    throw createError('MEMORY_CLOSED', { what: packer.pathText(), result: "it can't be sent" })
  }
  const cell = cellOf(part)
  cell.arena.depart(cell)
  packer.unsent(() => cell.arena.arrived(cell))
  return [
    [referTo(cell.arena, share), cell.unit, cell.generation, cell.size],
    isSegment(part) ? part.refer(share) : null,
  ]
}

function openPart([cell, segment]: PartReference): Cell | Segment {
  const [arena, unit, generation, size] = cell
  const adopted = arenaOf(arena).adopt(unit, generation, size)
  try {
    return segment ? openSegment(adopted, segment) : adopted
  } finally {
    // Not before: its sender would let go of the segment's file, which nobody else has yet.
    adopted.arena.arrived(adopted)
  }
}

function arrived(part: Cell | Segment): void {
  const cell = cellOf(part)
  cell.arena.arrived(cell)
}

/** Whatever crossed a pipe may be damaged: a wrong shape is an error, not a crash. */
function idOf(references: unknown): string {
  const well = Array.isArray(references) && references.length > 0 && references.every(isReference)
  if (!well) throw new TypeError('its handle is damaged')
  const [[[id], unit, generation]] = (references as [PartReference])[0]
  return `${id} ${unit} ${generation}`
}

function isReference(reference: unknown): boolean {
  if (!Array.isArray(reference) || !Array.isArray(reference[0])) return false
  const [[arena, ...numbers], segment] = reference as [unknown[], unknown]
  return (
    numbers.length === 3 &&
    numbers.every(isCount) &&
    [16, 32, 64].includes(numbers[2] as number) &&
    Array.isArray(arena) &&
    typeof arena[0] === 'string' &&
    (arena[1] === null || isPlace(arena[1])) &&
    isCount(arena[2]) &&
    (arena[4] === null || isOrigin(arena[4])) &&
    (segment === null || isSegmentReference(segment))
  )
}

function isSegmentReference(segment: unknown): boolean {
  if (!Array.isArray(segment)) return false
  const [size, place, , origin] = segment as unknown[]
  const isFound = (place === null || isPlace(place)) && (origin === null || isOrigin(origin))
  return isFound && isCount(size) && (size as number) > 0
}

function isPlace(place: unknown): boolean {
  return Array.isArray(place) && place.length === 3 && place.every(isCount)
}

function isOrigin(origin: unknown): boolean {
  return Array.isArray(origin) && origin.length === 4 && origin.every(isCount)
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

import { createError } from '../base/index.ts'
import { allocateArenaCell } from './arenas.ts'
import { logName } from './names-log.ts'
import { platform } from './platform/pick.ts'
import type { NamedMemory } from './platform/platform.ts'
import { MappedSegment, type Segment } from './segment.ts'

/*
 * Segments that are found by a name, by strangers and by Python too. A name lives as long as somebody uses it: what
 * stopped workers left behind is removed by who started them (`dead-names.ts`), what killed programs left behind by the
 * next one that makes or opens a named segment.
 */

/** The names that this thread has made or opened. */
const used = new Set<string>()

/** A new segment under this name. Throws `MEMORY_NAME_EXISTS`, `MEMORY_FULL`, `MEMORY_CONFINED`. */
export function createNamed(name: string, size: number): Segment {
  const names = namedMemory()
  const control = allocateArenaCell(16)
  const segment = new MappedSegment(names.create(name, size), control, false)
  note(name)
  return segment
}

/** The segment of this name, as large as it is. Throws `MEMORY_NAME_UNKNOWN`, `MEMORY_CONFINED`. */
export function openNamed(name: string): Segment {
  const names = namedMemory()
  const control = allocateArenaCell(16)
  const segment = new MappedSegment(names.open(name), control, false)
  note(name)
  return segment
}

/** Takes the name away; the memory stays for those who have it. Throws `MEMORY_NAME_UNKNOWN`. */
export function unlinkNamed(name: string): void {
  namedMemory().unlink(name)
  used.delete(name)
}

/** This thread has got the segment otherwise, and keeps its name alive from now on. */
export function holdNamed(segment: Segment, name: string): void {
  if (!(segment instanceof MappedSegment)) return
  namedMemory().hold(segment.block)
  note(name)
}

/** Throws `MEMORY_GONE` when somebody has cut the segment: touching it would end the process. */
export function checkNamed(segment: Segment, name: string): void {
  if (!(segment instanceof MappedSegment)) return
  const size = namedMemory().sizeNow(segment.block)
  if (size >= segment.size) return
  const reason = `somebody has cut it to ${size} of ${segment.size} bytes`
  throw createError('MEMORY_GONE', { what: `the shared memory '${name}'`, reason })
}

let swept = false

function namedMemory(): NamedMemory {
  const { names, confined } = platform()
  if (!names)
    throw createError('MEMORY_CONFINED', { reason: confined ?? 'there are no names on this platform' })
  if (!swept) {
    swept = true
    warnOf(names.sweep())
  }
  return names
}

function note(name: string): void {
  if (!watching) process.on('exit', leave)
  watching = true
  if (!used.has(name)) logName(name)
  used.add(name)
}

let watching = false

/** Whoever is last takes the name along. */
function leave(): void {
  const { names } = platform()
  names?.leave()
  names?.sweep(used)
}

function warnOf(removed: readonly string[]): void {
  if (removed.length === 0) return
  const names = removed.map(name => `'${name}'`).join(', ')
  process.emitWarning(
    `removed the shared memory ${names}, which programs that ended had left behind`,
    'ManycoreWarning',
  )
}

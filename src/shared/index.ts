/**
 * shared: numbers, arrays, records and whole inputs in memory that threads and processes work on together.
 *
 *   Value, SharedArray … ──► typecodes, layout ──► what fits, and where it lies
 *            │        └────► sync: the lock that goes with it
 *            ▼
 *         place ──► memory: a cell for a number, a segment for an array
 *            │
 *         travel ──► codec: the same memory arrives wherever it is sent
 *
 *   SharedMemory, ShareableList ──► memory: a segment with a name, in Python's layout
 *
 *   share(value) ──► encoding ──► segments ──► get(): decoded once per thread, binary data in place
 *
 * Invariants
 * - What doesn't fit its type is refused with a coded error, and nothing is stored; only the index assignment of typed
 *   arrays, which are the language's own, can't be checked.
 * - Whatever hands out a view of its memory has a segment of its own: no view ever shows somebody else's bytes.
 * - Each thing keeps the memory that it lies in; when nobody in any thread has it any more, the memory is given back.
 * - A thing that comes back to a thread which has it is the object that went, lock and all.
 */
import './travel.ts'

export type { AtomicCharacter, AtomicInteger, AtomicNumber, AtomicOf } from './atomic.ts'
export type { LockOption, SharingOptions } from './lock.ts'
export { type ArrayInit, type ItemType, RawArray } from './raw-array.ts'
export { RawValue, type ValueInit, type ValueOf, type ValueType } from './raw-value.ts'
export { share, Shared, type SharedForm } from './shared.ts'
export { SharedArray } from './shared-array.ts'
export { type ShareableItem, ShareableList, type ShareableListOptions } from './shareable-list.ts'
export { SharedMemory, type SharedMemoryOptions } from './shared-memory.ts'
export {
  type Fields,
  type FieldsIn,
  type FieldType,
  type FieldValue,
  type RecordOf,
  Struct,
  struct,
} from './struct.ts'
export type { ScalarName, Scalars, Typecode, Views } from './typecodes.ts'
export { type LockOf, Value } from './value.ts'

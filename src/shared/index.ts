/**
 * shared: values in memory that threads and processes share.
 *
 *   your code ──► SharedMemory ─── a segment with a name ───► memory
 *                      ▲
 *                 ShareableList    (items of several types, in Python's layout)
 *
 * Invariants
 * - What is made in one place can be passed to another and is the same thing there.
 * - What does not fit is refused, and leaves what was there before.
 */
export { SharedMemory, type SharedMemoryOptions } from './shared-memory.ts'

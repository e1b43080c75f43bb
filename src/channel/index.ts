/**
 * channel: queues and pipes between threads and processes.
 *
 *   Queue, SimpleQueue, JoinableQueue      Connection ◄─ Pipe        connection.wait
 *                 │                            │   End: who holds it, is anybody left
 *                 └──────────► Channel ◄───────┘
 *        encode / decode ◄──┤  Line: those of this thread that wait, in order;  block: this thread asleep
 *                           ▼
 *             RingWriter ─► Ring ◄─ RingReader       words over Cells, bytes in a Segment that grows (memory)
 *
 * Invariants
 * - A message is put whole or not at all, and taken whole or left there: the tail moves after the whole message is
 *   written, the head after the whole message is read.
 * - What is put is in shared memory when `put` settles; no thread of its own brings it there.
 * - A holder of a lock that dies is found by the next one, and what it left is as if it had never begun.
 * - Who waits is told, and looks by itself now and then, so that a death costs a moment and never for ever.
 * - Each header and position read from shared memory is checked before it is believed.
 * - A turn of the event loop copies 256 KiB at most.
 */
import './handles.ts'
import { wait } from './wait.ts'

export { handOver } from './hand-over.ts'
export { Connection, type SendBytesOptions } from './connection.ts'
export { JoinableQueue } from './joinable-queue.ts'
export { LifoQueue } from './lifo-queue.ts'
export { Pipe, type PipeOptions } from './pipe.ts'
export { PriorityQueue, type PriorityQueueOptions } from './priority-queue.ts'
export { Queue } from './queue.ts'
export { SimpleQueue } from './simple-queue.ts'
export type { Waitable } from './wait.ts'

/** What is about several connections at once. */
export const connection = { wait } as const

import type { Place, SeatWords } from '../platform/platform.ts'
import { LIFE, PID, THREAD } from '../seat-layout.ts'
import { isThere } from './fifo.ts'
import { join, split } from './requests.ts'

/*
 * The life record of a thread that reaches the memory through a broker: where it has its reply FIFO, which the system
 * closes when the thread ends. Written by the broker.
 *
 *   REMOTE │ descriptor │ inode (two words)
 */

/** In the first word of a life record. */
export const REMOTE = 2
const HANDLE = LIFE + 1
const MARK = LIFE + 2

export function writeRemoteLife({ words, at }: SeatWords, [pid, handle, mark]: Place): void {
  Atomics.store(words, at + PID, pid)
  Atomics.store(words, at + THREAD, 0)
  Atomics.store(words, at + HANDLE, handle)
  split(mark).forEach((word, i) => Atomics.store(words, at + MARK + i, word))
  Atomics.store(words, at + LIFE, REMOTE)
}

export function livesRemotely({ words, at }: SeatWords): boolean {
  const mark = join(Atomics.load(words, at + MARK), Atomics.load(words, at + MARK + 1))
  return isThere([Atomics.load(words, at + PID), Atomics.load(words, at + HANDLE), mark])
}

import { numberCell } from '../memory/index.ts'
import type { Boot } from '../wire/index.ts'

/*
 * What workers are called that were not given a name, as in Python: `Thread-2 (target)`; `Process-2`, or `Clock-2` for a
 * class of the user's. A process made by another process has that one's number in front of its own, `Process-2:1`, or
 * its name if it is a pool's worker.
 */

const MOST = 2 ** 31 - 1

/** How many processes and threads this process has made. Threads of ours count on with those that started them. */
let made: Int32Array<SharedArrayBuffer> | undefined

function counts(): Int32Array<SharedArrayBuffer> {
  made ??= new Int32Array(new SharedArrayBuffer(8))
  return made
}

/** For a thread that is about to be started. */
export function countsForThread(): SharedArrayBuffer {
  return counts().buffer
}

/** This thread was started by one that has the counts. */
export function inheritCounts(buffer: SharedArrayBuffer): void {
  made = new Int32Array(buffer)
}

/** The number of one more. */
export function nextNumber(kind: Boot['kind']): number {
  const counter = numberCell(counts().subarray(kind === 'process' ? 0 : 1))
  return Number(counter.add(1, 0, MOST) ?? MOST) + 1
}

/** For a process, from its `lineage`. */
export function processName(worker: object, lineage: string): string {
  return `${className(worker) || 'Process'}-${lineage}`
}

/** For a thread, whatever its class. */
export function threadName(target: Function | undefined): string {
  return `Thread-${nextNumber('thread')}${target?.name ? ` (${target.name})` : ''}`
}

/** Empty if its class has none. */
export function className(worker: object): string {
  const name: unknown = (worker.constructor as Function | undefined)?.name
  return typeof name === 'string' ? name : ''
}

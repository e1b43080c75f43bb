import { deferred } from '../base/index.ts'

/*
 * The end of the program that started this one. A process's main thread hears of it; everyone else can only look:
 * when a parent is gone, the system gives its children another.
 */
const orphaned = deferred()
let told = false

export function announceOrphaned(): void {
  told = true
  orphaned.resolve()
}

/** Settles when the program that started this process is gone. */
export const parentGone: Promise<void> = orphaned.promise

export function isParentAlive(pid: number): boolean {
  return !told && process.ppid === pid
}

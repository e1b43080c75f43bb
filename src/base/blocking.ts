import { isMainThread } from './this-thread.ts'

/*
 * Whether this thread may be blocked. The main thread of a program may not unless a call asks for it: its event loop
 * has other things to do. A worker has been given one thing to do, and who starts threads with Node's own `Worker`
 * knows what they are for.
 */
let allowed = false

/** Called once by what starts a worker, in the worker, which may be the main thread of its process. */
export function allowBlocking(): void {
  allowed = true
}

export function mayBlock(): boolean {
  return allowed || !isMainThread()
}

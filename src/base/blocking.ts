/*
 * Whether this thread may be blocked. The main thread of a program may not unless a call asks for it: its event loop
 * has other things to do. A worker has been given one thing to do.
 */
let allowed = false

/** Called once by what starts a worker, in the worker. */
export function allowBlocking(): void {
  allowed = true
}

export function mayBlock(): boolean {
  return allowed
}

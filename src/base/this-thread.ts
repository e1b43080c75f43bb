/*
 * Which thread is this? Node's module that tells takes milliseconds to load. A worker process knows without it.
 */
let known: { readonly isMainThread: boolean; readonly threadId: number } | undefined

/** This is a process of its own, as whoever started it knows. */
export function startAsMainThread(): void {
  known = { isMainThread: true, threadId: 0 }
}

export function isMainThread(): boolean {
  return (known ??= process.getBuiltinModule('node:worker_threads')).isMainThread
}

export function threadId(): number {
  return (known ??= process.getBuiltinModule('node:worker_threads')).threadId
}

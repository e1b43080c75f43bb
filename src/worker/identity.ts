import { isMainThread, threadId } from '../base/index.ts'
import type { Boot, ProcessIdentity } from '../wire/index.ts'
import { inheritCounts } from './default-name.ts'

/*
 * Who is this? Set once, by the boot message of a worker; a program that nobody of ours started is the main
 * process, and its first thread the main thread.
 */

let process_: ProcessIdentity = { name: 'MainProcess', lineage: '', daemon: false, parent: null }
/** Unknown until it is asked for, in a thread that is no worker. */
let thread: { readonly name: string; readonly daemon: boolean } | undefined
/** Made when asked for: most programs never do. */
let key: Uint8Array | undefined
/** A worker of ours, or a program that started by itself? */
let worker: Boot['role'] | undefined
let cpus = Number.POSITIVE_INFINITY
let startMethod: StartMethod = 'warm'
let startMethodSet = false

/** How a process comes up: `'warm'` from a spare that waits already (default), `'spawn'` started anew. */
export type StartMethod = 'spawn' | 'warm'
export const START_METHODS: readonly StartMethod[] = ['warm', 'spawn']

export function adoptIdentity(boot: Boot): void {
  process_ = boot.process
  if (boot.made) inheritCounts(boot.made)
  thread =
    boot.kind === 'thread' ? { name: boot.name, daemon: boot.daemon } : { name: 'MainThread', daemon: false }
  key = Uint8Array.from(Buffer.from(boot.authkey, 'latin1'))
  worker = boot.role
  cpus = boot.cpus
  startMethod = boot.startMethod as StartMethod
}

const KEY_BYTES = 32

/** From where the system keeps its randomness; `node:crypto`, which has it from there, takes milliseconds to load. */
function randomKey(): Uint8Array {
  const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs')
  const bytes = Buffer.alloc(KEY_BYTES)
  try {
    const source = openSync('/dev/urandom', 'r')
    const length = readSync(source, bytes)
    closeSync(source)
    if (length === KEY_BYTES) return bytes
  } catch {
    // Not on this system.
  }
  return process.getBuiltinModule('node:crypto').randomBytes(KEY_BYTES)
}

/** What is known of this process and this thread. */
export const identity = {
  get process(): ProcessIdentity {
    return process_
  },
  get thread(): { readonly name: string; readonly daemon: boolean } {
    thread ??= { name: isMainThread() ? 'MainThread' : `Thread-${threadId()}`, daemon: false }
    return thread
  },
  get authkey(): Uint8Array {
    key ??= randomKey()
    return key
  },
  set authkey(value: Uint8Array) {
    key = value
  },
  /** The share of the CPUs that this worker has; no limit in a program of its own. */
  get cpus(): number {
    return cpus
  },
  get isWorker(): boolean {
    return worker !== undefined
  },
  get startMethod(): StartMethod {
    return startMethod
  },
  get startMethodSet(): boolean {
    return startMethodSet
  },
  setStartMethod(method: StartMethod): void {
    startMethod = method
    startMethodSet = true
  },
}

import { every, isMainThread, NO_LIMITS, TIMED_OUT, waitFor, type WaitOptions } from '../base/index.ts'
import { identity } from './identity.ts'
import { isParentAlive, parentGone } from './parent.ts'
import { Process } from './process.ts'
import { self } from './self.ts'
import { processStarter, threadStarter } from './start.ts'
import { Thread } from './thread.ts'
import { adoptWorker, startedWorkers } from './worker-state.ts'

/*
 * Who am I, who started me, who did I start?
 */

/**
 * The process that this code runs in. In a worker of a subclass it is that very object. Python: `current_process()`.
 * @example
 * import { currentProcess } from 'manycore'
 * currentProcess().name   // 'MainProcess' in a program that you started
 */
export function currentProcess(): Process {
  if (!self.process) {
    self.process = Object.create(Process.prototype) as Process
    const { name, daemon } = identity.process
    adoptWorker(self.process, processStarter, { name, daemon, pid: process.pid, self: true })
  }
  return self.process as Process
}

/**
 * The thread that this code runs in. Python: `current_thread()`.
 * @example
 * import { currentThread } from 'manycore'
 * currentThread().name   // 'MainThread' in the program's first thread
 */
export function currentThread(): Thread {
  if (!self.thread) {
    self.thread = Object.create(Thread.prototype) as Thread
    adoptWorker(self.thread, threadStarter, { ...identity.thread, pid: process.pid, self: true })
  }
  return self.thread as Thread
}

/**
 * The program's first thread, seen from anywhere in its process. Python: `main_thread()`.
 * @example
 * import { mainThread } from 'manycore'
 * mainThread().name   // 'MainThread'
 */
export function mainThread(): Thread {
  if (isMainThread()) return currentThread()
  const main = Object.create(Thread.prototype) as Thread
  const known = { name: 'MainThread', daemon: false, pid: process.pid, threadId: 0, self: false }
  adoptWorker(main, threadStarter, known)
  return main
}

/**
 * The processes started here that still run. Python: `active_children()`.
 * @example
 * import { activeChildren } from 'manycore'
 * activeChildren().map(child => child.name)
 */
export function activeChildren(): Process[] {
  return startedWorkers('process') as Process[]
}

/**
 * This thread and those started from it that still run. Python: `threading.enumerate()`.
 * @example
 * import { activeThreads } from 'manycore'
 * activeThreads().length >= 1   // true
 */
export function activeThreads(): Thread[] {
  return [currentThread(), ...(startedWorkers('thread') as Thread[])]
}

/** The process that started this one. */
export interface ParentProcess {
  /** `MainProcess`, or what it was started as. */
  readonly name: string
  /** The operating system's number of it. */
  readonly pid: number
  /** Has it not ended? */
  isAlive(): boolean
  /** Waits until it is gone; false when the timeout came first. */
  join(options?: WaitOptions): Promise<boolean>
}

/** How often a thread looks whether its process has lost its parent. In milliseconds. */
const LOOK = 10

/**
 * The process that started this one, or `null` in a program that you started. When it dies, a child has about a
 * tenth of a second for cleaning up. Python: `parent_process()`.
 * @example
 * import { parentProcess } from 'manycore'
 * parentProcess()   // null here
 */
export function parentProcess(): ParentProcess | null {
  const { parent } = identity.process
  if (!parent) return null
  return {
    ...parent,
    isAlive: () => isParentAlive(parent.pid),
    async join(options: WaitOptions = NO_LIMITS): Promise<boolean> {
      const gone = isMainThread() ? parentGone : lookUntilGone(parent.pid)
      return (await waitFor(gone, `the end of ${parent.name}`, options)) !== TIMED_OUT
    },
  }
}

function lookUntilGone(pid: number): Promise<void> {
  return new Promise(resolve => {
    const look = every(LOOK, () => {
      if (isParentAlive(pid)) return
      look.cancel()
      resolve()
    })
  })
}

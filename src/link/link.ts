import type { Readable, Writable } from 'node:stream'
import type { Abilities } from '../codec/index.ts'
import type { ToProgram, ToWorker } from '../wire/index.ts'

/** How a worker ended. */
export interface Death {
  /** Its exit code, or `null` when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly outOfMemory: boolean
  /** An error that the platform gave: it could not be spawned, or ran out of memory. */
  readonly error: Error | undefined
  /** The last it wrote to stderr. */
  readonly stderr: string
}

/** How far a worker has come. Its own word, readable even while it is busy and after it has died. */
export interface Progress {
  /** The call that it began last. */
  readonly call: number
  /** The item of that call's chunk that it began last. */
  readonly item: number
  /** When it began the call: milliseconds of the machine's clock. */
  readonly since: number
}

/** What a program listens for. */
export interface WorkerEvents {
  message(message: ToProgram): void
  /** It can say nothing more: it is ending, and `ended` follows. Not always told, and a moment before at most. */
  leaving?(): void
  /** It ended; every message that it sent has been delivered before. Comes exactly once. */
  ended(death: Death): void
}

/** A program's end of the road to one worker. Carries messages; knows nothing of tasks. */
export interface WorkerLink {
  readonly pid: number
  /** The thread's number within its process; 0 for a process. */
  readonly threadId: number
  readonly can: Abilities
  /** What was asked for as `'pipe'`. */
  readonly stdin?: Writable | null
  readonly stdout?: Readable | null
  readonly stderr?: Readable | null
  /** Throws what the platform throws for a value that can't be cloned; nothing was sent then. */
  send(message: ToWorker, transfer?: readonly unknown[]): void
  /** What is said meanwhile leaves at once, in one piece where that is quicker. */
  together(say: () => void): void
  /** Directly after the start. A later listener takes the place of the one before. */
  listen(on: WorkerEvents): void
  progress(): Progress
  /**
   * Asks that no call before `upTo` be begun any more, whatever the worker is doing. Answers the call begun last:
   * those after it will not run here. The worker says RETURNED for one that it was about to begin.
   */
  takeBack(upTo: number): Promise<number>
  /** Some of what was sent has not left yet: the worker has much to read. Absent where that can't be seen. */
  readonly isFull?: boolean
  /** It has said that nothing is left but its end, with this exit code. A process that hangs there is killed, and has that code. */
  expectEnd?(code: number): void
  /** It is gone, though `ended` has not come yet. Not always seen, and absent where it never can be. */
  readonly hasEnded?: boolean
  /** What it says can't be from the library: it is ended, and nothing of it is heard any more. */
  distrust(cause: Error): void
  /** A signal for a process; a thread is stopped for any signal but SIGINT, which reaches it as a message. */
  kill(signal: NodeJS.Signals): void
  /** Whether it keeps the program alive. */
  ref(): void
  unref(): void
}

/** What a worker listens for. */
export interface ProgramEvents {
  message(message: ToWorker): void
  /** The program is gone: there are a few milliseconds left to clean up. */
  orphaned(): void
}

/** A worker's end of the road to the program that started it. */
export interface ProgramLink {
  readonly can: Abilities
  send(message: ToProgram, transfer?: readonly unknown[]): void
  /** Has all that was sent left this worker? What has is safe, whatever becomes of the worker. */
  readonly clear: boolean
  /** Calls back when it has. */
  onceClear(callback: () => void): void
  /** Has what was sent leave now, and blocks meanwhile: this worker is ending. Absent where nothing can be left. */
  drain?(): void
  listen(on: ProgramEvents): void
  /** Hands on a message that is there, if any, without the event loop. Absent where only that can tell. */
  readonly poll?: () => boolean
  /** Writes down that this call is begun, at `since` on the machine's clock. `false`: it was taken back, so don't. */
  begin(call: number, since: number): boolean
  /** Writes down which item of the chunk is begun. */
  beginItem(item: number): void
  /** A call has begun to wait for something: there is time for what was put off. Absent where nothing is. */
  waits?(): void
  /** Starts whatever has to watch over this worker. To be called before the first of the user's code runs; a second call does nothing. */
  watch(): void
  ref(): void
  unref(): void
  /** The same road for a rehearsal: what is sent there is REHEARSED, and nothing is marked as begun. */
  rehearsal(): ProgramLink
}

/** What a starter has to know. */
export interface StartOptions {
  readonly name: string
  /** What it runs: a file, or the arguments with which the executable starts itself again. */
  readonly entry: URL | readonly string[]
  /** Processes only: the Node that runs it. Default: this program's. */
  readonly executable?: string | undefined
  readonly execArgv?: readonly string[] | undefined
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly cwd?: string | URL | undefined
  /** `inherit` (default), `ignore` or `pipe`, for all three or one by one. stdin defaults to `ignore`. */
  readonly stdio?: Stdio | readonly [Stdio, Stdio, Stdio] | undefined
  readonly resourceLimits?: ResourceLimits | undefined
}

/** Where a stream of a process leads: to this program's own, nowhere, or to a stream that this program reads or writes. */
export type Stdio = 'inherit' | 'ignore' | 'pipe'

/** Memory limits of a thread, in MiB: those of Node's `Worker`. Default of each: Node's. */
export interface ResourceLimits {
  /** The heap, without what was made lately. */
  readonly maxOldGenerationSizeMb?: number
  /** What was made lately. */
  readonly maxYoungGenerationSizeMb?: number
  /** Compiled code. */
  readonly codeRangeSizeMb?: number
  /** The stack. */
  readonly stackSizeMb?: number
}

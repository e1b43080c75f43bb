import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Abilities } from '../codec/index.ts'
import {
  keepOut,
  leftForGood,
  sweepAtExit,
  threadEnded,
  treeFile,
  undisturbedWords,
  workerEnded,
} from '../memory/index.ts'
import type { ToProgram, ToWorker } from '../wire/index.ts'
import { BETWEEN_THREADS } from './abilities.ts'
import { Board, BOARD_BYTES } from './board.ts'
import { codeMemory, fillCodeMemory } from './code-cache.ts'
import { hasMoved, placedFlags } from './first-folder.ts'
import { threadFlags } from './flags.ts'
import type { Progress, StartOptions, WorkerEvents, WorkerLink } from './link.ts'
import { diedOfMemory } from './memory-pressure.ts'
import { collectOffspring } from './offspring.ts'
import { Tail } from './tail.ts'
import { shieldOutput } from './output.ts'
import { post } from './post.ts'

/** What a thread finds in its `workerData`. */
export interface ThreadData {
  readonly port: MessagePort
  readonly board: SharedArrayBuffer
  /** The descriptor of the tree's arena. */
  readonly tree: number | undefined
  /** For what it must not be terminated in. */
  readonly undisturbed: SharedArrayBuffer
  /** For its loader: the compiled library is in it, or will be. */
  readonly code: SharedArrayBuffer | undefined
}

function flagsHere(): string[] | undefined {
  const moved = hasMoved()
  const flags = threadFlags(moved)
  return moved ? flags && placedFlags(flags) : flags
}

/** The road to a worker thread: a message port of our own, so that the user's `parentPort` stays the user's. */
export class ThreadLink implements WorkerLink {
  readonly can: Abilities = BETWEEN_THREADS
  readonly pid: number = process.pid
  readonly threadId: number
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #board = new Board()
  readonly #stderr = new Tail()
  readonly #unshield: () => void
  #events: WorkerEvents | undefined
  #error: Error | undefined
  #spoiled = false
  #stoppedBy: NodeJS.Signals | null = null

  constructor(options: StartOptions) {
    const { port1, port2 } = new MessageChannel()
    const execArgv = options.execArgv ?? flagsHere()
    this.#port = port1
    sweepAtExit()
    this.#worker = new Worker(options.entry as URL, {
      name: options.name,
      workerData: {
        port: port2,
        board: this.#board.buffer,
        tree: treeFile(),
        undisturbed: undisturbedWords(),
        code: codeMemory(),
      } satisfies ThreadData,
      transferList: [port2],
      ...(execArgv && { execArgv: [...execArgv] }),
      ...(options.resourceLimits && { resourceLimits: options.resourceLimits }),
    })
    // It takes a while to get to its loader: what is not needed for its start comes after it.
    fillCodeMemory()
    this.#unshield = shieldOutput()
    this.threadId = this.#worker.threadId
    // Node shows its output as ours. (Reading it ourselves instead would keep the program alive, daemon or not.)
    this.#worker.stderr.on('data', (bytes: Buffer) => this.#stderr.push(bytes))
    this.#worker.on('error', error => {
      this.#error = error as Error
    })
    this.#worker.on('exit', code => this.#end(code))
    this.#port.on('message', (message: ToProgram) => this.#onMessage(message))
    this.#port.on('messageerror', error => this.#onUnread(error))
    this.#port.on('close', () => this.#events?.leaving?.())
    this.#port.unref()
  }

  listen(on: WorkerEvents): void {
    this.#events = on
  }

  send(message: ToWorker, transfer?: readonly unknown[]): void {
    post(this.#port, message, false, transfer)
  }

  together(say: () => void): void {
    say()
  }

  progress(): Progress {
    return this.#board.progress()
  }

  takeBack(upTo: number): Promise<number> {
    return Promise.resolve(this.#board.takeBack(upTo))
  }

  distrust(cause: Error): void {
    this.#spoiled = true
    this.#error ??= cause
    this.kill('SIGKILL')
  }

  kill(signal: NodeJS.Signals): void {
    // It is ending already: Node would listen for its end once more, and warn of so many listeners.
    if (this.#stoppedBy) return
    this.#stoppedBy = signal
    keepOut()
    void this.#worker.terminate()
  }

  ref(): void {
    this.#worker.ref()
  }

  unref(): void {
    this.#worker.unref()
  }

  #onMessage(message: ToProgram): void {
    if (!this.#spoiled) this.#events?.message(message)
  }

  /** A message of the thread can't be read here: nobody knows which calls are over by it. */
  #onUnread(error: unknown): void {
    this.#error ??= error as Error
    this.#hearRest()
    this.kill('SIGKILL')
  }

  /** What the thread sent before its end counts, and is still in the port. */
  #hearRest(): void {
    for (;;) {
      let left: ReturnType<typeof receiveMessageOnPort>
      try {
        left = receiveMessageOnPort(this.#port)
      } catch (error) {
        this.#error ??= error as Error
        continue
      }
      if (!left) return
      this.#onMessage(left.message as ToProgram)
    }
  }

  #end(code: number): void {
    this.#hearRest()
    this.#port.close()
    this.#unshield()
    threadEnded(this.threadId)
    leftForGood(this.threadId)
    collectOffspring(this.#board.buffer, BOARD_BYTES)
    workerEnded(this.threadId)
    const error = this.#error as NodeJS.ErrnoException | undefined
    const stderr = this.#stderr.toString()
    this.#events?.ended({
      // A process's exit code has eight bits; `process.exit(-1)` is to read alike in both.
      code: this.#stoppedBy ? null : code & 255,
      signal: this.#stoppedBy,
      error,
      stderr,
      outOfMemory: error?.code === 'ERR_WORKER_OUT_OF_MEMORY' || diedOfMemory(null, stderr),
    })
  }
}

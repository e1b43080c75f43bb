import { AsyncResource } from 'node:async_hooks'
import type { MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { afterTurn } from '../base/index.ts'
import type { Abilities } from '../codec/index.ts'
import { inheritTreeFile, inheritUndisturbed } from '../memory/index.ts'
import { REHEARSED, RESULTS, type ToProgram, type ToWorker } from '../wire/index.ts'
import { BETWEEN_THREADS } from './abilities.ts'
import { beginRehearsed, Board, BOARD_BYTES } from './board.ts'
import type { ProgramEvents, ProgramLink } from './link.ts'
import { writeOffspringTo } from './offspring.ts'
import { writeStderr } from './output.ts'
import { post } from './post.ts'
import type { ThreadData } from './thread.ts'
import { sendHeldOutput, sendOutputAtOnce } from './thread-output.ts'

/** Was this thread started to be a worker, and is not one yet? */
export function isStartedAsThread(): boolean {
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  return (workerData as Partial<ThreadData> | null)?.board instanceof SharedArrayBuffer
}

export class ThreadProgramLink implements ProgramLink {
  readonly can: Abilities = BETWEEN_THREADS
  readonly #port: MessagePort
  readonly #receive: typeof receiveMessageOnPort
  readonly #board: Board
  /** Set in a rehearsal: whose road this is. It is of the same class, for the engine gets used to that. */
  readonly #real: ThreadProgramLink | undefined
  #hear: ((message: ToWorker) => void) | undefined

  constructor(real?: ThreadProgramLink) {
    this.#real = real
    if (real) {
      this.#port = real.#port
      this.#receive = real.#receive
      this.#board = real.#board
      return
    }
    // Here, not at the top: processes, which have this file too, start sooner without.
    const { receiveMessageOnPort, workerData } = process.getBuiltinModule('node:worker_threads')
    const { port, board, tree, undisturbed } = workerData as ThreadData
    // It is taken.
    Reflect.deleteProperty(workerData as ThreadData, 'board')
    inheritTreeFile(tree)
    inheritUndisturbed(undisturbed)
    sendOutputAtOnce()
    this.#port = port
    this.#receive = receiveMessageOnPort
    this.#board = new Board(board)
    writeOffspringTo(board, BOARD_BYTES)
  }

  listen(on: ProgramEvents): void {
    this.#port.on('message', (message: ToWorker) => on.message(message))
    this.#port.on('messageerror', endUnread)
    // Who polls may be in the context of the task before; the event loop never is.
    this.#hear = AsyncResource.bind((message: ToWorker) => on.message(message))
  }

  readonly poll = (): boolean => {
    const received = this.#receiveNext()
    if (!received) return false
    this.#hear?.(received.message as ToWorker)
    return true
  }

  #receiveNext(): ReturnType<typeof receiveMessageOnPort> {
    try {
      return this.#receive(this.#port)
    } catch (error) {
      return endUnread(error)
    }
  }

  rehearsal(): ProgramLink {
    return new ThreadProgramLink(this)
  }

  send(message: ToProgram, transfer?: readonly unknown[]): void {
    if (this.#real) return this.#real.send([REHEARSED, message], transfer)
    if (message[0] === RESULTS) sendHeldOutput()
    post(this.#port, message, true, transfer)
  }

  /** A message is in the port when it has been sent. */
  get clear(): boolean {
    return true
  }

  onceClear(callback: () => void): void {
    afterTurn(callback)
  }

  /** Its messages have left, but not all that it has printed. */
  drain(): void {
    sendHeldOutput()
  }

  begin(call: number, since: number): boolean {
    if (this.#real) return beginRehearsed(this.#board, since)
    return this.#board.begin(call, since)
  }

  beginItem(item: number): void {
    this.#board.beginItem(item)
  }

  /** A thread ends with its process; nothing has to watch. */
  watch(): void {}

  ref(): void {
    this.#port.ref()
  }

  unref(): void {
    this.#port.unref()
  }
}

/** Nobody knows which calls were in it. The program gives them to others, or says what became of them. */
function endUnread(error: unknown): never {
  writeStderr(`a message of the program can not be read here: ${String(error)}\n`)
  process.exit(1)
}

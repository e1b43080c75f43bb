import type { Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Abilities } from '../codec/index.ts'
import { inheritTreeFile } from '../memory/index.ts'
import { FrameReader, type ToProgram, type ToWorker } from '../wire/index.ts'
import { BETWEEN_PROCESSES } from './abilities.ts'
import { Board } from './board.ts'
import { Depot, DepotReader } from './depot.ts'
import { frameOf } from './frames.ts'
import type { ProgramEvents, ProgramLink } from './link.ts'
import { MarkWriter } from './marks.ts'
import {
  DEPOT_BACK_FD,
  DEPOT_FD,
  LIFELINE_FD,
  MARKS_FD,
  MESSAGES_FD,
  SLOT_ARGUMENT,
  TREE_FD,
  WITH_DEPOTS,
} from './process.ts'

/*
 * The watcher: a thread that listens on the lifeline while the main thread may be in an endless loop. It answers
 * "take back" on the board, and when the program is gone it gives the main thread a moment and then ends the
 * process. Text, not a file: it needs nothing of ours and has to start fast.
 */
const WATCHER = `
const { Socket } = require('node:net')
const { parentPort, workerData: { words, lifeline, grace } } = require('node:worker_threads')
const board = new Int32Array(words)
const socket = new Socket({ fd: lifeline })
socket.on('data', bytes => {
  const answer = Buffer.alloc(bytes.length - bytes.length % 4)
  for (let at = 0; at < answer.length; at += 4) {
    Atomics.store(board, 2, bytes.readInt32LE(at))
    answer.writeInt32LE(Atomics.load(board, 0), at)
  }
  socket.write(answer)
})
const end = () => process.kill(process.pid, 'SIGKILL')
const orphaned = () => {
  parentPort.postMessage('orphaned')
  const unheard = setTimeout(end, grace.unheard)
  parentPort.once('message', () => {
    clearTimeout(unheard)
    setTimeout(end, grace.heard)
  })
}
socket.on('error', () => {})
socket.on('close', orphaned)
`

/**
 * What an orphan gets, in milliseconds: for hearing of it (one that is busy won't, and its own children wait for its
 * end), and then for cleaning up.
 */
const ORPHAN_GRACE = { unheard: 30, heard: 100 }

/** Was this process started to be a worker, and is not one yet? */
export function isStartedAsWorker(): boolean {
  return process.argv.some(argument => argument.startsWith(SLOT_ARGUMENT))
}

const NOTHING = Buffer.alloc(0)

export class ProcessProgramLink implements ProgramLink {
  readonly can: Abilities = BETWEEN_PROCESSES
  readonly #board = new Board()
  readonly #marks: MarkWriter
  readonly #channel: Socket
  readonly #depot: Depot | undefined
  #events: ProgramEvents | undefined
  #orphaned = false
  #watched = false

  constructor() {
    const argument = process.argv.find(text => text.startsWith(SLOT_ARGUMENT)) as string
    process.argv.splice(process.argv.indexOf(argument), 1)
    this.#marks = new MarkWriter(MARKS_FD, Number.parseInt(argument.slice(SLOT_ARGUMENT.length), 10))
    const blocks = argument.endsWith(WITH_DEPOTS) ? new DepotReader(DEPOT_FD) : undefined
    this.#depot = blocks && new Depot(DEPOT_BACK_FD)
    if (process.platform === 'linux') inheritTreeFile(TREE_FD)
    const reader = new FrameReader(
      message => this.#events?.message(message as ToWorker),
      undefined,
      blocks && (places => blocks.fetch(places)),
    )
    // Loaded here: the program and its threads, which have this file too, need no sockets.
    const net = process.getBuiltinModule('node:net')
    this.#channel = new net.Socket({ fd: MESSAGES_FD, readable: true, writable: true })
    this.#channel.on('data', (bytes: Buffer) => reader.push(bytes))
    this.#channel.on('error', () => {})
    this.#channel.on('close', () => this.#orphan())
  }

  listen(on: ProgramEvents): void {
    this.#events = on
  }

  watch(): void {
    if (this.#watched) return
    this.#watched = true
    const watcher = new Worker(WATCHER, {
      eval: true,
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
      workerData: { words: this.#board.buffer, lifeline: LIFELINE_FD, grace: ORPHAN_GRACE },
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
      name: 'manycore watcher',
    })
    watcher.on('message', () => {
      watcher.postMessage('heard')
      this.#orphan()
    })
    watcher.on('error', () => {})
    watcher.unref()
  }

  send(message: ToProgram): void {
    this.#channel.write(frameOf(message, true, this.#depot))
  }

  /** Small messages go to the system at once, of large ones only a part: the rest needs the event loop. */
  get clear(): boolean {
    return this.#channel.writableLength === 0
  }

  onceClear(callback: () => void): void {
    // Written in turn, so it is done when all before it is; also when the channel fails.
    this.#channel.write(NOTHING, () => callback())
  }

  begin(call: number, since: number): boolean {
    this.#marks.begin(call, since)
    return this.#board.begin(call, since)
  }

  beginItem(item: number): void {
    this.#marks.beginItem(item)
  }

  ref(): void {
    this.#channel.ref()
  }

  unref(): void {
    this.#channel.unref()
  }

  #orphan(): void {
    if (this.#orphaned) return
    this.#orphaned = true
    this.#events?.orphaned()
  }
}

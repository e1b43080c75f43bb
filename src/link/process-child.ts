import { readSync, writeSync } from 'node:fs'
import type { Socket, SocketConstructorOpts } from 'node:net'
import { after, afterTurn, type Timer } from '../base/index.ts'
import type { Abilities } from '../codec/index.ts'
import { inheritTreeFile } from '../memory/index.ts'
import { FrameReader, REHEARSED, RESULTS, type ToProgram, type ToWorker } from '../wire/index.ts'
import { BETWEEN_PROCESSES } from './abilities.ts'
import { Depot, DepotReader } from './depot.ts'
import { enter } from './folder.ts'
import { frameOf } from './frames.ts'
import { beginRehearsed } from './board.ts'
import type { ProgramEvents, ProgramLink } from './link.ts'
import { MarkWriter } from './marks.ts'
import { Outgoing } from './outgoing.ts'
import {
  DEPOT_BACK_FD,
  DEPOT_FD,
  ENTERS,
  LIFELINE_FD,
  MARKS_FD,
  MESSAGES_FD,
  SLOT_ARGUMENT,
  TREE_FD,
  WITH_DEPOTS,
  WITH_LIFELINE,
} from './descriptors.ts'
import { ORPHAN_GRACE, workFor } from './watchdog.ts'

/*
 * The watcher, where there is no watchdog: a thread that listens on the lifeline while the main thread may be in an
 * endless loop. When the program is gone it gives the main thread a moment and then ends the process. Text, not a
 * file: it needs nothing of ours and has to start fast.
 */
const WATCHER = `
const { Socket } = require('node:net')
const { parentPort, workerData: { lifeline, grace } } = require('node:worker_threads')
const socket = new Socket({ fd: lifeline })
socket.resume()
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

/** Was this process started to be a worker, and is not one yet? */
export function isStartedAsProcess(): boolean {
  return process.argv.some(argument => argument.startsWith(SLOT_ARGUMENT))
}

const NOTHING = Buffer.alloc(0)
/** How much is read at once, in bytes. */
const AT_ONCE = 64 * 1024
/** How long a first call may keep sockets waiting, in milliseconds. What the program says meanwhile is heard then. */
const PATIENCE = 20

export class ProcessProgramLink implements ProgramLink {
  readonly can: Abilities = BETWEEN_PROCESSES
  readonly #marks: MarkWriter
  #opened: Socket | undefined
  readonly #outgoing = new Outgoing(() => this.#open())
  /** Until it is opened: the latest moment for that, and whether a call is under way. */
  #opening: Timer | undefined
  #inFirstCall = false
  /** Does it keep the process alive, or will it? */
  #held = true
  readonly #depot: Depot | undefined
  readonly #reader: FrameReader
  /** What has arrived before anybody listened. */
  readonly #first: Buffer
  #events: ProgramEvents | undefined
  /** Set in a rehearsal: whose road this is. It is of the same class, for the engine gets used to that. */
  readonly #real: ProcessProgramLink | undefined
  #orphaned = false
  /** Still to be started. */
  #watcher: boolean

  constructor(real?: ProcessProgramLink) {
    this.#real = real
    if (real) {
      this.#marks = real.#marks
      this.#reader = real.#reader
      this.#first = NOTHING
      this.#watcher = false
      return
    }
    const argument = process.argv.find(text => text.startsWith(SLOT_ARGUMENT)) as string
    process.argv.splice(process.argv.indexOf(argument), 1)
    const [given = '', ...enters] = argument.split(ENTERS)
    if (enters.length > 0) enter(enters.join(ENTERS))
    this.#marks = new MarkWriter(MARKS_FD, Number.parseInt(given.slice(SLOT_ARGUMENT.length), 10))
    this.#watcher = given.includes(WITH_LIFELINE)
    const blocks = given.includes(WITH_DEPOTS) ? new DepotReader(DEPOT_FD) : undefined
    this.#depot = blocks && new Depot(DEPOT_BACK_FD)
    if (process.platform === 'linux') inheritTreeFile(TREE_FD)
    workFor(process.ppid)
    this.#reader = new FrameReader(
      message => this.#events?.message(message as ToWorker),
      undefined,
      blocks && (places => blocks.fetch(places)),
    )
    this.#first = readFirst()
  }

  listen(on: ProgramEvents): void {
    this.#events = on
    this.#reader.push(this.#first)
    this.#openSoon()
  }

  /**
   * Sockets take milliseconds to be loaded. The answer to the first words goes without; a first call comes before them,
   * with the module that it waits for, and so does the end of a process that has run its only one.
   */
  #openSoon(): void {
    afterTurn(() => {
      if (this.#opened) return
      if (this.#held && !this.#inFirstCall) this.#open()
      else this.#openLater()
    })
  }

  /** The first call no longer needs all of this thread. */
  waits(): void {
    if (this.#opened) return
    this.#inFirstCall = false
    this.#openSoon()
  }

  #openLater(): void {
    this.#opening?.cancel()
    this.#opening = after(PATIENCE, () => this.#open(), { keepAlive: this.#held })
  }

  #open(): Socket {
    if (this.#opened) return this.#opened
    // Loaded here: the program and its threads, which have this file too, need no sockets.
    const net = process.getBuiltinModule('node:net')
    const onread = {
      // Always the same: the reader leaves nothing in it, and a stream would make one for each message.
      buffer: new Uint8Array(AT_ONCE),
      callback: (size: number, bytes: Uint8Array): boolean => {
        this.#reader.push(Buffer.from(bytes.buffer, 0, size))
        return true
      },
    }
    // Documented; the types lack it here.
    const channel = new net.Socket({
      fd: MESSAGES_FD,
      readable: true,
      writable: true,
      onread,
    } as SocketConstructorOpts)
    this.#opened = channel
    this.#opening?.cancel()
    if (!this.#held) channel.unref()
    channel.on('error', () => {})
    channel.on('close', () => this.#orphan())
    return channel
  }

  watch(): void {
    if (!this.#watcher) return
    this.#watcher = false
    const { Worker } = process.getBuiltinModule('node:worker_threads')
    const watcher = new Worker(WATCHER, {
      eval: true,
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
      workerData: { lifeline: LIFELINE_FD, grace: ORPHAN_GRACE },
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

  rehearsal(): ProgramLink {
    return new ProcessProgramLink(this)
  }

  send(message: ToProgram): void {
    if (this.#real) return this.#real.send([REHEARSED, message])
    const frame = frameOf(message, true, this.#depot)
    // Straight to the system, unless something waits: a stream takes several times as long over it. The descriptor itself
    // would have us wait for the reader of something large.
    const now = this.#opened ? this.clear : frame.length <= AT_ONCE
    const written = now ? writeNow(frame) : 0
    if (message[0] === RESULTS) this.waits()
    if (written < frame.length) this.#outgoing.write(frame.subarray(written))
  }

  /** Small messages go to the system at once, of large ones only a part: the rest needs the event loop. */
  get clear(): boolean {
    return this.#outgoing.clear
  }

  onceClear(callback: () => void): void {
    this.#outgoing.onceClear(callback)
  }

  drain(): void {
    this.#outgoing.drain()
  }

  begin(call: number, since: number): boolean {
    if (this.#real) return beginRehearsed(this.#marks, since)
    if (!this.#opened) this.#inFirstCall = true
    return this.#marks.begin(call, since)
  }

  beginItem(item: number): void {
    this.#marks.beginItem(item)
  }

  ref(): void {
    this.#hold(true)
  }

  unref(): void {
    this.#hold(false)
  }

  #hold(held: boolean): void {
    this.#held = held
    if (this.#opened) this.#opened[held ? 'ref' : 'unref']()
    else if (this.#opening) this.#openLater()
  }

  #orphan(): void {
    if (this.#orphaned) return
    this.#orphaned = true
    after(ORPHAN_GRACE.heard, () => process.kill(process.pid, 'SIGKILL'), { keepAlive: false })
    this.#events?.orphaned()
  }
}

/**
 * What the program has said by now. It says something as soon as it has started a process, so there is no need to wait
 * for the event loop, whose first turn is a long one. Nothing where the descriptor does not wait, or nobody is there;
 * the pipes of Windows can't be read so.
 */
function readFirst(): Buffer {
  if (process.platform === 'win32') return NOTHING
  try {
    const bytes = Buffer.allocUnsafe(AT_ONCE)
    return bytes.subarray(0, readSync(MESSAGES_FD, bytes))
  } catch {
    return NOTHING
  }
}

/** How much of it could be written without a socket. What could not is for the socket, and so is what went wrong. */
function writeNow(frame: Buffer): number {
  if (process.platform === 'win32') return 0
  try {
    return writeSync(MESSAGES_FD, frame)
  } catch {
    return 0
  }
}

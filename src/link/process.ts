import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Readable, Writable } from 'node:stream'
import { after } from '../base/index.ts'
import { checkFraming, FrameReader, isToProgram, type ToWorker } from '../wire/index.ts'
import { sweepAtExit, treeFile, undisturbed, workerEnded } from '../memory/index.ts'
import type { Abilities } from '../codec/index.ts'
import { BETWEEN_PROCESSES } from './abilities.ts'
import { codeFile, fillCodeFile } from './code-cache.ts'
import { ENTERS, MESSAGES_FD, LIFELINE_FD, SLOT_ARGUMENT, WITH_DEPOTS, WITH_LIFELINE } from './descriptors.ts'
import { closeDepotFiles, Depot, type DepotFiles, DepotReader, openDepotFiles } from './depot.ts'
import { foldersFor } from './first-folder.ts'
import { inheritedFlags } from './flags.ts'
import { frameOf } from './frames.ts'
import { LastBreath } from './last-breath.ts'
import type { Progress, StartOptions, Stdio, WorkerEvents, WorkerLink } from './link.ts'
import { marksFile, readMark, releaseSlot, takeMarksBack, takeSlot } from './marks.ts'
import { diedOfMemory, watchMemory } from './memory-pressure.ts'
import { forgetOffspring, hasEnded, noteOffspring } from './offspring.ts'
import { writeStderr } from './output.ts'
import { Tail } from './tail.ts'
import { hasWatchdog, watchNoMore, watchOver } from './watchdog.ts'
import { whyNotStarted } from './why-not-started.ts'

/** How long a dead child's last messages and words may take to arrive, in milliseconds. */
const LAST_MESSAGES = 1000
const LAST_WORDS = 30

export class ProcessLink implements WorkerLink {
  readonly can: Abilities = BETWEEN_PROCESSES
  readonly threadId = 0
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  readonly #child: ChildProcess
  readonly #slot: number
  readonly #depots: DepotFiles | undefined
  readonly #depot: Depot | undefined
  readonly #stderr = new Tail()
  #events: WorkerEvents | undefined
  #channelOpen = true
  #exited: { code: number | null; signal: NodeJS.Signals | null; error?: Error } | undefined
  #ended = false
  /** How far it had come, once its slot is another's. */
  #last: Progress | undefined
  #spoiled: Error | undefined
  readonly #lastBreath = new LastBreath(() => this.kill('SIGKILL'))
  #referenced = true

  constructor(options: StartOptions) {
    checkFraming()
    watchMemory()
    this.#slot = takeSlot()
    // After what may fail.
    this.#depots = openDepotFiles()
    this.#depot = this.#depots && new Depot(this.#depots.toWorker)
    const errors = streams(options.stdio)[2]
    const lifeline = hasWatchdog() ? '' : WITH_LIFELINE
    // Between the two, a thread that is terminated would leave a zombie that nobody knows of.
    this.#child = undisturbed(() => {
      const child = this.#spawn(options, lifeline)
      noteOffspring(child.pid as number)
      return child
    })
    if (!lifeline) watchOver(this.pid)
    fillCodeFile()
    this.stdin = this.#child.stdin
    this.stdout = this.#child.stdout
    this.stderr = errors === 'pipe' ? this.#child.stderr : null
    this.#child.stderr?.on('data', (bytes: Buffer) => {
      this.#stderr.push(bytes)
      if (errors === 'inherit') writeStderr(bytes)
    })
    this.#child.on('error', error => this.#onExit(null, null, error))
    sweepAtExit()
    this.#child.on('exit', (code, signal) => this.#onExit(code, signal))
    this.#lifeline?.on('error', () => {})
    this.#lifeline?.unref()
    ;(this.#child.stderr as Socket | null)?.unref?.()
    this.#wireChannel()
  }

  #spawn(options: StartOptions, lifeline: string): ChildProcess {
    const [input, output, errors] = streams(options.stdio)
    const { begins, enters } = foldersFor(options)
    try {
      // Loaded at the first process: it is the slowest of Node's modules to load, and many programs only use threads.
      const { spawn } = process.getBuiltinModule('node:child_process')
      const child = spawn(
        options.executable ?? process.execPath,
        [
          ...(options.execArgv ?? inheritedFlags()),
          ...(options.entry instanceof URL ? [fileURLToPath(options.entry)] : options.entry),
          `${SLOT_ARGUMENT}${this.#slot}${this.#depots ? WITH_DEPOTS : ''}${lifeline}${enters === undefined ? '' : `${ENTERS}${enters}`}`,
        ],
        {
          // In the order of `descriptors.ts`.
          stdio: [
            input,
            output,
            errors === 'inherit' ? 'pipe' : errors,
            'pipe',
            lifeline ? 'pipe' : 'ignore',
            marksFile(),
            treeFile() ?? 'ignore',
            codeFile() ?? 'ignore',
            ...(this.#depots ? [this.#depots.toWorker, this.#depots.toProgram] : []),
          ],
          windowsHide: true,
          ...(options.env && { env: options.env }),
          ...(begins !== undefined && { cwd: begins }),
        },
      )
      if (child.pid !== undefined) return child
      child.on('error', () => {})
      for (const stream of child.stdio ?? []) stream?.destroy()
      throw new Error(whyNotStarted(child, begins))
    } catch (error) {
      this.#release()
      throw error
    }
  }

  #release(): void {
    releaseSlot(this.#slot)
    this.#depot?.close()
    if (this.#depots) closeDepotFiles(this.#depots)
  }

  get pid(): number {
    return this.#child.pid as number
  }

  get #channel(): Socket {
    return this.#child.stdio[MESSAGES_FD] as unknown as Socket
  }

  get #lifeline(): Socket | null {
    return this.#child.stdio[LIFELINE_FD] as Socket | null
  }

  listen(on: WorkerEvents): void {
    this.#events = on
  }

  send(message: ToWorker): void {
    const frame = frameOf(message, false, this.#channelOpen ? this.#depot : undefined)
    if (this.#channelOpen) this.#channel.write(frame)
  }

  together(say: () => void): void {
    this.#channel.cork()
    try {
      say()
    } finally {
      this.#channel.uncork()
    }
  }

  progress(): Progress {
    return this.#last ?? readMark(this.#slot)
  }

  get isFull(): boolean {
    return this.#channel.writableLength > 0
  }

  async takeBack(upTo: number): Promise<number> {
    if (!this.#exited) await takeMarksBack(this.#slot, upTo)
    return this.progress().call
  }

  expectEnd(code: number): void {
    this.#lastBreath.begin(code)
  }

  get hasEnded(): boolean {
    return hasEnded(this.pid)
  }

  /** Something in the child wrote bytes of its own onto the road: nothing that comes after can be trusted. */
  distrust(cause: Error): void {
    const why = `something in the worker wrote to file descriptor ${MESSAGES_FD}, which is for its messages`
    this.#spoiled = new Error(why, { cause })
    this.kill('SIGKILL')
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.#exited) this.#child.kill(signal)
  }

  ref(): void {
    this.#setReferenced(true)
  }

  unref(): void {
    this.#setReferenced(false)
  }

  #setReferenced(referenced: boolean): void {
    if (this.#referenced === referenced) return
    this.#referenced = referenced
    const change = referenced ? 'ref' : 'unref'
    this.#child[change]()
    this.#channel?.[change]()
    // The other streams never keep the program alive: the child itself does.
  }

  #wireChannel(): void {
    const channel = this.#channel
    if (!channel) return this.#closeChannel()
    const blocks = this.#depots && new DepotReader(this.#depots.toProgram)
    const reader = new FrameReader(
      message => this.#onMessage(message),
      error => this.distrust(error),
      blocks && (places => blocks.fetch(places)),
    )
    channel.on('data', (bytes: Buffer) => reader.push(bytes))
    readToTheEnd(channel)
    channel.on('error', () => {})
    channel.on('end', () => this.#events?.leaving?.())
    channel.on('close', () => this.#closeChannel())
  }

  #onMessage(message: unknown): void {
    if (this.#spoiled) return
    if (isToProgram(message)) this.#events?.message(message)
    else this.distrust(new TypeError('a message that no worker sends'))
  }

  #closeChannel(): void {
    if (!this.#channelOpen) return
    this.#channelOpen = false
    // It broke the channel itself and lives on: nobody will ever hear of it again.
    if (!this.#exited) after(LAST_MESSAGES, () => this.kill('SIGKILL'), { keepAlive: false })
    this.#end()
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null, error = this.#spoiled): void {
    if (this.#exited) return
    const said = this.#lastBreath.end()
    this.#exited =
      said === undefined ? { code, signal, ...(error && { error }) } : { code: said, signal: null }
    watchNoMore(this.pid)
    forgetOffspring(this.pid)
    workerEnded()
    // Something that the child started may hold its end of the channel open: don't wait for that for ever.
    after(LAST_MESSAGES, () => this.#closeChannel(), { keepAlive: false })
    this.#end()
  }

  #end(): void {
    if (this.#ended || this.#channelOpen || !this.#exited) return
    this.#ended = true
    const { code, signal, error } = this.#exited
    const failed = error !== undefined || signal !== null || code !== 0
    const stderr = this.#child.stderr
    const tell = (): void => {
      const words = this.#stderr.toString()
      this.#channel?.destroy()
      this.#lifeline?.destroy()
      const outOfMemory = failed && diedOfMemory(signal, words)
      this.#events?.ended({ code, signal, error, outOfMemory, stderr: words })
      this.#last = this.progress()
      this.#release()
    }
    if (!failed || !stderr || stderr.readableEnded) return tell()
    const wait = after(LAST_WORDS, told)
    stderr.once('close', told)
    function told(): void {
      wait.cancel()
      stderr?.off('close', told)
      tell()
    }
  }
}

/**
 * Writing to a worker that is gone fails, and Node would end the whole channel for that: what the worker had said
 * before still lies there, and would be lost. It is read; the end comes behind it. Node has no public way to keep the
 * one half of a socket when the other fails. Where this one is gone some day, the channel ends as before.
 */
function readToTheEnd(channel: Socket): void {
  const destroy = channel.destroy.bind(channel)
  channel.destroy = error => {
    const readable = (channel as { _readableState?: { errored: unknown } })._readableState
    if ((error as NodeJS.ErrnoException | undefined)?.syscall !== 'write' || !readable) return destroy(error)
    readable.errored = null
    channel.read(0)
    return channel
  }
  channel.once('end', () => destroy())
}

function streams(stdio: StartOptions['stdio']): readonly [Stdio, Stdio, Stdio] {
  if (stdio === undefined) return ['ignore', 'inherit', 'inherit']
  return typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio
}

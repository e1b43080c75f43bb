import { createError, describe, TIMED_OUT, type WaitOptions, waitFor } from '../base/index.ts'
import { capture, type Portable } from '../capture/index.ts'
import { pack } from '../codec/index.ts'
import type { ResourceLimits, Stdio } from '../link/index.ts'
import { PACKED } from '../wire/index.ts'
import type { Call } from './call.ts'
import { reportUncaught, uncaughtHook } from './uncaught.ts'
import { identity } from './identity.ts'
import { Life } from './life.ts'
import { runSelf } from './run-self.ts'
import { type Starter, startWorker } from './start.ts'

/** What `Process` and `Thread` have in common. */
export interface WorkerOptions<A extends readonly unknown[], R> {
  /** The function to run: any function, with what it closes over. Leave it out in a subclass with its own `run()`. */
  readonly target?: ((...args: A) => R) | undefined
  /** Its arguments: an array, checked against the target, or any other iterable. Default: none. */
  readonly args?: A | (Iterable<A[number]> & { readonly length?: never }) | undefined
  /** Default: `Process-1`, `Process-2`, …; a child's children are `Process-1:1`, … */
  readonly name?: string | undefined
  /** A daemon does not keep the program alive and ends with it. Default: as the creator. */
  readonly daemon?: boolean | undefined
  readonly execArgv?: readonly string[] | undefined
}

/** The options that only one of the two kinds has. */
export interface StartExtras {
  readonly env?: NodeJS.ProcessEnv | undefined
  readonly cwd?: string | URL | undefined
  readonly stdio?: Stdio | readonly [Stdio, Stdio, Stdio] | undefined
  readonly resourceLimits?: ResourceLimits | undefined
}

/** What is known of a worker object. Beside the object, not in it: its own fields are the user's, and travel. */
interface State {
  readonly starter: Starter
  readonly options: WorkerOptions<never, unknown> & StartExtras
  name: string
  daemon: boolean
  authkey: Uint8Array
  life: Life | undefined
  closed: boolean
  /** In the worker itself, and wherever else the object has been sent: what it was called and its number. */
  elsewhere: { readonly pid: number; readonly self: boolean } | undefined
}

const states = new WeakMap<BaseWorker, State>()
const counters = { process: 0, thread: 0 }
/** Those started here that have not been seen to end. */
const started = new Set<BaseWorker>()

/** Options of the constructor that must be functions, and so on: refused where they are given. */
function checkOptions(where: string, options: WorkerOptions<never, unknown>): void {
  if (options.target !== undefined && typeof options.target !== 'function') {
    throw createError('NOT_A_FUNCTION', { where: `${where}'s target`, got: describe(options.target) })
  }
  if (
    options.args !== undefined &&
    typeof (options.args as Iterable<unknown>)?.[Symbol.iterator] !== 'function'
  ) {
    throw createError('NOT_ITERABLE', { where: `${where}'s args`, got: describe(options.args) })
  }
  for (const [option, expected] of [
    ['name', 'string'],
    ['daemon', 'boolean'],
  ] as const) {
    const value = options[option]
    // biome-ignore lint/suspicious/useValidTypeof: the two names are above
    if (value !== undefined && typeof value !== expected) {
      throw createError('WRONG_OPTION', { where, option, got: describe(value), expected: `a ${expected}` })
    }
  }
}

/**
 * What `Process` and `Thread` share: one function, run once, in a worker of its own.
 * Python: `multiprocessing.Process`, `threading.Thread`.
 */
export abstract class BaseWorker<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  constructor(starter: Starter, options: WorkerOptions<A, R> & StartExtras) {
    checkOptions(starter.noun, options as WorkerOptions<never, unknown>)
    states.set(this, {
      starter,
      options: options as WorkerOptions<never, unknown> & StartExtras,
      name: options.name ?? defaultName(starter),
      daemon:
        options.daemon ?? (starter.kind === 'thread' ? identity.thread.daemon : identity.process.daemon),
      authkey: identity.authkey,
      life: undefined,
      closed: false,
      elsewhere: undefined,
    })
  }

  /** What the worker does. Runs `target`; override it in a subclass. Python: `run()`. */
  run(): unknown {
    const { target, args = [] } = stateOf(this).options
    return target?.(...(args as never))
  }

  /**
   * Starts the worker and returns at once; its `pid` is known.
   * Errors: `ALREADY_STARTED`, `CANNOT_CAPTURE`, `CANNOT_CLONE`, `WORKER_START_FAILED`, `STARTED_WHILE_LOADING`.
   * Python: `start()`.
   */
  start(): this {
    const state = stateOf(this)
    if (state.elsewhere) throw createError('NOT_MY_CHILD', { worker: state.name, call: 'start()' })
    if (state.life) throw createError('ALREADY_STARTED', { worker: state.name })
    const { starter, options, name, daemon } = state
    const own = this.run !== BaseWorker.prototype.run
    const can =
      starter.kind === 'thread' ? { transfer: true, share: true } : { transfer: false, share: false }
    const fn: Function = own ? runSelf : (options.target ?? nothing)
    const args = own ? [this] : [...(options.args ?? [])]
    // Everything that can be refused is refused before a worker exists.
    const portable = capture(fn, `${starter.noun}.start`, can)
    const graph = pack(args, { path: 'args', can })
    const site = new Error('started here')
    const life = new Life({
      site,
      task: nameOf(options.target) ?? name,
      daemon,
      onThrown: error => reportUncaught(error, this),
    })
    const { target: _target, args: _args, name: _name, daemon: _daemon, ...extras } = options
    life.attach(
      startWorker<Call>(
        starter,
        extras,
        {
          role: 'single',
          name,
          daemon,
          concurrency: 1,
          initializer: null,
          authkey: state.authkey,
          quiet: uncaughtHook() !== undefined,
        },
        life,
      ),
    )
    state.life = life
    endDaemonsAtExit()
    started.add(this as BaseWorker)
    void life.gone.promise.then(() => started.delete(this as BaseWorker))
    const send = (ready: Portable): void =>
      life.run({ fn: ready, mode: graph ? PACKED : 0, payload: graph ?? args, transfer: undefined })
    if (portable instanceof Promise) portable.then(send, error => life.abandon(error))
    else send(portable)
    return this
  }

  /**
   * Waits until the worker has ended.
   * @param options `timeout` in milliseconds (zero or less polls), `signal`
   * @returns false when the timeout came first. Python: `join()`, which returns nothing.
   * Errors: `NOT_STARTED`, `NOT_MY_CHILD`, `JOIN_SELF`, `WORKER_CLOSED`, `WAIT_ABORTED`.
   */
  async join(options: WaitOptions = {}): Promise<boolean> {
    const life = this.#life('join()')
    const waiting = waitFor(life.gone.promise, `the end of ${this.name}`, options)
    return (await life.hold(waiting)) !== TIMED_OUT
  }

  /**
   * What the target returned, or its error. Beyond Python.
   * @param options `timeout` in milliseconds, `signal`
   * Errors: the target's own; `WORKER_DIED` when it ended without a result; `WAIT_TIMEOUT`, `WAIT_ABORTED`, `NOT_STARTED`.
   */
  async result(options: WaitOptions = {}): Promise<Awaited<R>> {
    const life = this.#life('result()')
    const what = `the result of ${this.name}`
    const value = await life.hold(waitFor(life.result.promise, what, options))
    if (value === TIMED_OUT) throw createError('WAIT_TIMEOUT', { what, timeout: options.timeout as number })
    return value as Awaited<R>
  }

  /** Stops it with SIGTERM; a thread stops at once. Its children end with it. Python: `terminate()`. */
  terminate(): void {
    this.#life('terminate()').kill('SIGTERM')
  }

  /** Stops it with SIGKILL; a thread stops at once. Python: `kill()`. */
  kill(): void {
    this.#life('kill()').kill('SIGKILL')
  }

  /** As Ctrl-C would: its SIGINT listeners run; without any it ends. Python 3.14: `interrupt()`. */
  interrupt(): void {
    this.#life('interrupt()').interrupt()
  }

  /** Lets go of everything but the name. Errors: `STILL_RUNNING`. Python: `close()`. */
  close(): void {
    const state = stateOf(this)
    if (state.closed) return
    if (state.life?.alive) throw createError('STILL_RUNNING', { worker: state.name })
    state.closed = true
  }

  /** Is it running? Python: `is_alive()`. */
  isAlive(): boolean {
    const state = this.#open()
    if (state.elsewhere?.self) return true
    return state.life?.alive ?? false
  }

  /** The operating system's number of its process; `undefined` before the start. */
  get pid(): number | undefined {
    const state = this.#open()
    return state.elsewhere?.pid ?? state.life?.worker.link.pid
  }

  get name(): string {
    return stateOf(this).name
  }

  set name(value: string) {
    stateOf(this).name = String(value)
  }

  /** Set it before the start. Errors: `DAEMON_HAS_STARTED`. */
  get daemon(): boolean {
    return stateOf(this).daemon
  }

  set daemon(value: boolean) {
    const state = stateOf(this)
    if (state.life) throw createError('DAEMON_HAS_STARTED', { worker: state.name, field: 'daemon' })
    state.daemon = Boolean(value)
  }

  /** `null` while it runs or before it starts; the exit code; `-signal` when a signal ended it. Python: `exitcode`. */
  get exitCode(): number | null {
    return this.#open().life?.exitCode ?? null
  }

  /** The key by which programs of one family know each other. Children inherit it. Python: `authkey`. */
  get authkey(): Uint8Array {
    return stateOf(this).authkey
  }

  set authkey(value: Uint8Array | string) {
    const state = stateOf(this)
    state.authkey = typeof value === 'string' ? Buffer.from(value) : value
    if (state.elsewhere?.self) identity.authkey = state.authkey
  }

  /** Settles when it has ended. Python: `sentinel`, a handle to wait for. Errors: `NOT_STARTED`. */
  get sentinel(): Promise<void> {
    return this.#life('sentinel').gone.promise
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { life, closed, elsewhere, daemon, name } = stateOf(this)
    const number = elsewhere?.pid ?? life?.worker.link.pid
    const ended = life && !life.alive ? `stopped exitCode=${life.exitCode}` : undefined
    const state = closed ? 'closed' : (ended ?? (life || elsewhere ? 'started' : 'initial'))
    return `<${this.constructor.name} name='${name}'${number ? ` pid=${number}` : ''} ${state}${daemon ? ' daemon' : ''}>`
  }

  #open(): State {
    const state = stateOf(this)
    if (state.closed) throw createError('WORKER_CLOSED', { worker: state.name })
    return state
  }

  #life(call: string): Life {
    const { life, elsewhere, name } = this.#open()
    if (life) return life
    if (elsewhere?.self && call === 'join()') throw createError('JOIN_SELF', { worker: name })
    if (elsewhere) throw createError('NOT_MY_CHILD', { worker: name, call })
    throw createError('NOT_STARTED', { worker: name, call })
  }

  /** For the kinds: its thread number. */
  protected get threadNumber(): number | undefined {
    return this.#open().life?.worker.link.threadId
  }
}

function stateOf(worker: BaseWorker<never, unknown> | BaseWorker): State {
  return states.get(worker as BaseWorker) as State
}

/** Gives an object that arrived from elsewhere its state: the worker itself, or somebody else's. */
export function adoptWorker(
  worker: BaseWorker,
  starter: Starter,
  known: { name: string; daemon: boolean; pid: number; self: boolean },
): void {
  states.set(worker, {
    starter,
    options: {},
    name: known.name,
    daemon: known.daemon,
    authkey: identity.authkey,
    life: undefined,
    closed: false,
    elsewhere: { pid: known.pid, self: known.self },
  })
}

/** The workers of this kind that were started here and still run. */
export function startedWorkers(kind: Starter['kind']): BaseWorker[] {
  return [...started].filter(worker => stateOf(worker).starter.kind === kind && worker.isAlive())
}

let endingDaemons = false

/** Daemons end with the program. (Killed without a word, it leaves that to the road's other end closing.) */
function endDaemonsAtExit(): void {
  if (endingDaemons) return
  endingDaemons = true
  process.on('exit', () => {
    for (const worker of started) {
      const { life, starter, daemon } = stateOf(worker)
      if (starter.kind === 'process' && daemon && life?.alive) life.kill('SIGTERM')
    }
  })
}

function defaultName(starter: Starter): string {
  const number = ++counters[starter.kind]
  const own = identity.process.name
  if (starter.kind === 'thread') return `Thread-${number}`
  return identity.process.parent ? `${own}:${number}` : `Process-${number}`
}

function nothing(): void {}

function nameOf(target: unknown): string | undefined {
  return typeof target === 'function' && target.name !== '' ? target.name : undefined
}

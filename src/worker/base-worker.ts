import { createError, describe, NO_LIMITS, TIMED_OUT, waitFor, type WaitOptions } from '../base/index.ts'
import { capture, packAs } from '../capture/index.ts'
import { type Graph, takeBack } from '../codec/index.ts'
import { PACKED } from '../wire/index.ts'
import type { Call } from './call.ts'
import { className } from './default-name.ts'
import { reportUncaught, uncaughtHook } from './uncaught.ts'
import { isExiting } from './exiting.ts'
import { identity } from './identity.ts'
import { Life } from './life.ts'
import { runSelf } from './run-self.ts'
import { type Setup, type Starter, startWorker } from './start.ts'
import { checkWorkerOptions, type StartExtras, type WorkerOptions } from './worker-options.ts'
// Teaches the codec how objects of these classes travel.
import './worker-kind.ts'
import { addStarted, isOurs, lifeOf, newState, openState, stateOf } from './worker-state.ts'

/**
 * What `Process` and `Thread` share: one function, run once, in a worker of its own.
 * Python: `multiprocessing.Process`, `threading.Thread`.
 */
export abstract class BaseWorker<A extends readonly unknown[] = readonly unknown[], R = unknown> {
  constructor(starter: Starter, options: WorkerOptions<A, R> & StartExtras) {
    checkWorkerOptions(starter.kind, starter.noun, options)
    newState(this, starter, options as WorkerOptions<never, unknown> & StartExtras)
  }

  /** What the worker does. Runs `target`; override it in a subclass. Python: `run()`. */
  run(): unknown {
    const { target, args = [] } = stateOf(this).options ?? {}
    return target?.(...(args as never))
  }

  /**
   * Starts the worker and returns at once; its `pid` is known.
   * Errors: `ALREADY_STARTED`, `CANNOT_CAPTURE`, `CANNOT_CLONE`, `WORKER_START_FAILED`, `STARTED_WHILE_LOADING`,
   * `PROGRAM_EXITING`.
   * Python: `start()`.
   */
  start(): this {
    const state = openState(this)
    if (state.elsewhere) throw createError('NOT_MY_CHILD', { worker: state.name, call: 'start()' })
    if (state.life) throw createError('ALREADY_STARTED', { worker: state.name })
    if (isExiting()) throw createError('PROGRAM_EXITING', { what: `${state.name} was started` })
    const { starter, options = {}, name, lineage, daemon } = state
    const own = this.run !== BaseWorker.prototype.run
    const { can } = starter
    const fn: Function = own ? runSelf : (options.target ?? nothing)
    const args = own ? [this] : [...(options.args ?? [])]
    // Everything that can be refused is refused before a worker exists.
    const { strict } = options
    const portable = capture(fn, `${starter.noun}.start`, can, { strict })
    const site = new Error('started here')
    const life = new Life({
      site,
      task: nameOf(options.target) ?? name,
      daemon,
      onThrown: error => reportUncaught(error, this),
    })
    const { target: _target, args: _args, name: _name, daemon: _daemon, strict: _strict, ...extras } = options
    const setup: Setup = {
      role: 'single',
      name,
      lineage,
      daemon,
      concurrency: 1,
      initializer: null,
      authkey: state.authkey,
      quiet: uncaughtHook() !== undefined,
      startMethod: options.context,
    }
    let graph: Graph | undefined
    // No function here may see the arguments: `onThrown` would keep them for as long as the worker is known.
    try {
      graph = packAs(strict, args, { path: 'args', can })
      life.attach(startWorker<Call>(starter, extras, setup, life))
    } catch (error) {
      // Nothing of it is sent.
      takeBack(portable.graph)
      takeBack(graph)
      throw error
    }
    state.life = life
    state.options = undefined
    addStarted(this as BaseWorker, life)
    life.run({ fn: portable, mode: graph ? PACKED : 0, payload: graph ?? args, transfer: undefined })
    return this
  }

  /**
   * Waits until the worker has ended.
   * @param options `timeout` in milliseconds (zero or less polls), `signal`
   * @returns false when the timeout came first. Python: `join()`, which returns nothing.
   * Errors: `NOT_STARTED`, `NOT_MY_CHILD`, `JOIN_SELF`, `WORKER_CLOSED`, `WAIT_ABORTED`.
   */
  async join(options: WaitOptions = NO_LIMITS): Promise<boolean> {
    const life = lifeOf(this, 'join()')
    const waiting = waitFor(life.gone.promise, `the end of ${this.name}`, options)
    return (await life.hold(waiting)) !== TIMED_OUT
  }

  /**
   * What the target returned, or its error. Beyond Python.
   * @param options `timeout` in milliseconds, `signal`
   * Errors: the target's own; `WORKER_DIED` when it ended without a result; `WAIT_TIMEOUT`, `WAIT_ABORTED`, `NOT_STARTED`.
   */
  async result(options: WaitOptions = NO_LIMITS): Promise<Awaited<R>> {
    const life = lifeOf(this, 'result()')
    const what = `the result of ${this.name}`
    const value = await life.hold(waitFor(life.result.promise, what, options))
    if (value === TIMED_OUT) throw createError('WAIT_TIMEOUT', { what, timeout: options.timeout as number })
    return value as Awaited<R>
  }

  /** Stops it with SIGTERM; a thread stops at once. Its children end with it. Python: `terminate()`. */
  terminate(): void {
    lifeOf(this, 'terminate()').kill('SIGTERM')
  }

  /** Stops it with SIGKILL; a thread stops at once. Python: `kill()`. */
  kill(): void {
    lifeOf(this, 'kill()').kill('SIGKILL')
  }

  /** As Ctrl-C would: its SIGINT listeners run; without any it ends. Python 3.14: `interrupt()`. */
  interrupt(): void {
    lifeOf(this, 'interrupt()').interrupt()
  }

  /** Lets go of everything but the name. Errors: `STILL_RUNNING`. Python: `close()`. */
  close(): void {
    const state = stateOf(this)
    if (state.closed) return
    if (state.life?.alive) throw createError('STILL_RUNNING', { worker: state.name })
    state.closed = true
  }

  /** Is it running? Errors: `NOT_MY_CHILD`, `WORKER_CLOSED`. Python: `is_alive()`. */
  isAlive(): boolean {
    const { elsewhere, life, name, starter } = openState(this)
    if (!elsewhere) return life?.alive ?? false
    if (elsewhere.self || isOurs(elsewhere, starter.kind)) return true
    throw createError('NOT_MY_CHILD', { worker: name, call: 'isAlive()' })
  }

  /** The operating system's number of its process; `undefined` before the start. Python: `pid`. */
  get pid(): number | undefined {
    const state = openState(this)
    return state.elsewhere?.pid ?? state.life?.worker.link.pid
  }

  /** Tells it from others, in messages; may be changed at any time, which a worker that runs does not hear of. Python: `name`. */
  get name(): string {
    return stateOf(this).name
  }

  set name(value: string) {
    stateOf(this).name = String(value)
  }

  /** Does it end with the program, instead of keeping it alive? Set it before the start. Errors: `DAEMON_HAS_STARTED`. Python: `daemon`. */
  get daemon(): boolean {
    return stateOf(this).daemon
  }

  set daemon(value: boolean) {
    const state = stateOf(this)
    if (state.life || state.elsewhere)
      throw createError('DAEMON_HAS_STARTED', { worker: state.name, field: 'daemon' })
    state.daemon = Boolean(value)
  }

  /** `null` while it runs or before it starts; the exit code; `-signal` when a signal ended it. Python: `exitcode`. */
  get exitCode(): number | null {
    return openState(this).life?.exitCode ?? null
  }

  /**
   * The key by which programs of one family know each other: bytes, or text, which is taken as UTF-8. Children inherit
   * it. Errors: `WRONG_OPTION`. Python: `authkey`.
   */
  get authkey(): Uint8Array {
    return stateOf(this).authkey
  }

  set authkey(value: Uint8Array | string) {
    const state = stateOf(this)
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
      const expected = 'a Uint8Array or a string'
      throw createError('WRONG_OPTION', {
        where: state.name,
        option: 'authkey',
        got: describe(value),
        expected,
      })
    }
    state.authkey = typeof value === 'string' ? Buffer.from(value) : value
    if (state.elsewhere?.self) identity.authkey = state.authkey
  }

  /**
   * Settles when it has ended: for `connection.wait`. Awaited by itself it does not keep the program alive for a daemon,
   * as `join()` does. Python: `sentinel`, a handle to wait for. Errors: `NOT_STARTED`.
   */
  get sentinel(): Promise<void> {
    return lifeOf(this, 'sentinel').gone.promise
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  /** `<Process name='Process-1' pid=4711 started>`. */
  toString(): string {
    const { life, closed, elsewhere, daemon, name, starter } = stateOf(this)
    const number = elsewhere?.pid ?? life?.worker.link.pid
    const ended = life && !life.alive ? `stopped exitCode=${life.exitCode}` : undefined
    const state = closed ? 'closed' : (ended ?? (life || number ? 'started' : 'initial'))
    return `<${className(this) || starter.noun} name='${name}'${number ? ` pid=${number}` : ''} ${state}${daemon ? ' daemon' : ''}>`
  }
}

function nothing(): void {}

function nameOf(target: unknown): string | undefined {
  return typeof target === 'function' && target.name !== '' ? target.name : undefined
}

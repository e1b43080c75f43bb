import { createError } from '../base/index.ts'
import type { BaseWorker } from './base-worker.ts'
import type { WorkerLink } from '../link/index.ts'
import { nextNumber, processName, threadName } from './default-name.ts'
import { identity } from './identity.ts'
import type { Life } from './life.ts'
import { self } from './self.ts'
import type { Starter } from './start.ts'
import type { StartExtras, WorkerOptions } from './worker-options.ts'

/** What is known of a worker object. Beside the object, not in it: its own fields are the user's, and travel. */
export interface WorkerState {
  readonly starter: Starter
  /** `undefined` from the start on, so that nothing keeps the target and its arguments. */
  options: (WorkerOptions<never, unknown> & StartExtras) | undefined
  name: string
  /** Of a process, see `ProcessIdentity`. */
  readonly lineage: string
  daemon: boolean
  authkey: Uint8Array
  life: Life | undefined
  closed: boolean
  /** In the worker itself, and wherever else the object has been sent: whom it stands for. */
  elsewhere: Elsewhere | undefined
}

/** A worker that was made elsewhere. */
export interface Elsewhere {
  /** `undefined`: it was not started when the object was sent. */
  readonly pid: number | undefined
  /** Of another thread that was started. */
  readonly threadId?: number | undefined
  readonly self: boolean
}

const states = new WeakMap<object, WorkerState>()

export function stateOf(worker: object): WorkerState {
  return states.get(worker) as WorkerState
}

export function isWorkerObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && states.has(value)
}

/** Of a worker that was not closed. */
export function openState(worker: object): WorkerState {
  const state = stateOf(worker)
  if (state.closed) throw createError('WORKER_CLOSED', { worker: state.name })
  return state
}

/** Of a worker that was started here. */
export function lifeOf(worker: object, call: string): Life {
  const { life, elsewhere, name } = openState(worker)
  if (life) return life
  if (elsewhere?.self && call === 'join()') throw createError('JOIN_SELF', { worker: name })
  if (elsewhere) throw createError('NOT_MY_CHILD', { worker: name, call })
  throw createError('NOT_STARTED', { worker: name, call })
}

/** The road to a worker that was started here. */
export function linkOf(worker: object): WorkerLink | undefined {
  return openState(worker).life?.worker.link
}

/** For a worker made here. */
export function newState(
  worker: object,
  starter: Starter,
  options: WorkerOptions<never, unknown> & StartExtras,
): void {
  const isProcess = starter.kind === 'process'
  // A process is counted even if it has a name, a thread is not: as in Python.
  const lineage = isProcess ? newLineage() : ''
  const name = options.name || (isProcess ? processName(worker, lineage) : threadName(options.target))
  states.set(worker, {
    starter,
    options,
    name,
    lineage,
    daemon: options.daemon ?? identity[starter.kind].daemon,
    authkey: identity.authkey,
    life: undefined,
    closed: false,
    elsewhere: undefined,
  })
}

/** Gives an object that arrived from elsewhere its state: the worker itself, or somebody else's. */
export function adoptWorker(
  worker: BaseWorker,
  starter: Starter,
  known: { readonly name: string; readonly daemon: boolean } & Elsewhere,
): void {
  const { name, daemon, ...elsewhere } = known
  states.set(worker, {
    starter,
    options: undefined,
    name,
    lineage: '',
    daemon,
    authkey: identity.authkey,
    life: undefined,
    closed: false,
    elsewhere,
  })
}

/** The object that this worker was started from has arrived, and stands for it from now on. */
export function becomeSelf(worker: BaseWorker): void {
  const state = stateOf(worker)
  state.elsewhere = { pid: process.pid, self: true }
  self[state.starter.kind] = worker
}

/** Does an object from elsewhere stand for this process, or for its main thread? They live as long as anybody asks. */
export function isOurs({ pid, threadId }: Elsewhere, kind: Starter['kind']): boolean {
  return pid === process.pid && (kind === 'process' || threadId === 0)
}

function newLineage(): string {
  const { lineage } = identity.process
  return `${lineage && `${lineage}:`}${nextNumber('process')}`
}

/** Those started here that have not been seen to end. */
const started = new Set<BaseWorker>()
let endingDaemons = false

export function addStarted(worker: BaseWorker, life: Life): void {
  endDaemonsAtExit()
  started.add(worker)
  void life.gone.promise.then(() => started.delete(worker))
}

/** The workers of this kind that were started here and still run. */
export function startedWorkers(kind: Starter['kind']): BaseWorker[] {
  return [...started].filter(worker => {
    const { starter, life } = stateOf(worker)
    return starter.kind === kind && life?.alive
  })
}

/** Settles when no non-daemon worker is left that was started here. */
export async function childrenEnded(): Promise<void> {
  const left = (): Promise<void>[] =>
    [...started]
      .map(stateOf)
      .filter(({ daemon, life }) => !daemon && life?.alive)
      .map(({ life }) => (life as Life).gone.promise)
  for (let waiting = left(); waiting.length > 0; waiting = left()) await Promise.all(waiting)
}

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

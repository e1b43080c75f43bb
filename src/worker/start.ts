import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BUILD, createError, entryFile, IN_BUNDLE, reasonText } from '../base/index.ts'
import { captureBoot } from '../capture/index.ts'
import type { Abilities } from '../codec/index.ts'
import {
  BETWEEN_PROCESSES,
  BETWEEN_THREADS,
  ProcessLink,
  type StartOptions,
  ThreadLink,
  type WorkerLink,
} from '../link/index.ts'
import type { Boot, ProcessIdentity } from '../wire/index.ts'
import type { Call } from './call.ts'
import { executablePath } from './executable.ts'
import { cpuShare } from './cpu-count.ts'
import { countsForThread } from './default-name.ts'
import { frozenCommand, isMainInWorker, isSingleExecutable } from './frozen.ts'
import { identity, type StartMethod } from './identity.ts'
import { moduleBeingLoaded } from './loading.ts'
import { rehearsalOf } from './rehearse.ts'
import { type SpareUse, Spares } from './spares.ts'
import { Worker, type WorkerUser } from './worker.ts'

/** A way of starting a worker. The only thing in which `Thread` and `Process`, `ThreadPool` and `Pool` differ. */
export interface Starter {
  readonly kind: Boot['kind']
  /** What its workers are called: `Process`, `Thread`. */
  readonly noun: string
  /** What can go to its workers and come back. */
  readonly can: Abilities
  link(options: StartOptions, spare: SpareUse): WorkerLink
}

const spareProcesses = new Spares(options => new ProcessLink(options))
const spareThreads = new Spares(options => new ThreadLink(options))

export const processStarter: Starter = {
  kind: 'process',
  noun: 'Process',
  can: BETWEEN_PROCESSES,
  link: (options, spare) => spareProcesses.start({ ...options, executable: executablePath() }, spare),
}

export const threadStarter: Starter = {
  kind: 'thread',
  noun: 'Thread',
  can: BETWEEN_THREADS,
  link: (options, spare) => spareThreads.start(options, spare),
}

/** What the starter of one worker decides; the rest of the boot message follows from where it is started. */
export type Setup = Pick<Boot, 'role' | 'name' | 'daemon' | 'concurrency' | 'initializer'> & {
  readonly authkey?: Uint8Array
  /** Default: its name. */
  readonly lineage?: string
  readonly quiet?: boolean
  readonly concurrencyVaries?: boolean
  readonly pulse?: number
  readonly labelOutput?: boolean
  /** How many workers there are to be like this one, which share what their pools may reckon with. Default: none. */
  readonly siblings?: number
  /** Nobody needs it yet. */
  readonly standby?: boolean
  /** The one of its context. Default: the program's. */
  readonly startMethod?: StartMethod | undefined
}

/** Starts a worker. Throws when it can't be started here and now; what fails later comes as its death. */
export function startWorker<C extends Call>(
  starter: Starter,
  options: Omit<StartOptions, 'entry' | 'name'>,
  setup: Setup,
  user: WorkerUser<C>,
): Worker<C> {
  refuseWhileLoading(setup.name)
  const entry = entryOf(starter.kind, setup.name)
  const take = (setup.startMethod ?? identity.startMethod) === 'warm'
  const boot = (): Boot => bootOf(starter.kind, setup)
  // A pool keeps its workers, and has spares of its own if it wants some.
  const next = take && setup.role === 'single' ? boot : undefined
  let link: WorkerLink
  try {
    link = starter.link({ ...options, name: setup.name, entry }, { take, next })
  } catch (cause) {
    throw createError('WORKER_START_FAILED', { worker: setup.name, reason: reasonText(cause) }, { cause })
  }
  try {
    // Put together while the worker is on its way.
    const told = boot()
    if (setup.standby) link.send(rehearsalOf(told))
    return new Worker(link, told, user)
  } catch (error) {
    link.kill('SIGKILL')
    throw error
  }
}

function bootOf(kind: Boot['kind'], setup: Setup): Boot {
  const { standby: _standby, siblings, lineage = setup.name, ...rest } = setup
  const own: ProcessIdentity = {
    name: setup.name,
    lineage,
    daemon: setup.daemon,
    parent: { pid: process.pid, name: identity.process.name },
  }
  return {
    ...rest,
    build: BUILD,
    authkey: Buffer.from(setup.authkey ?? identity.authkey).toString('latin1'),
    quiet: setup.quiet ?? false,
    concurrencyVaries: setup.concurrencyVaries ?? false,
    pulse: setup.pulse ?? 0,
    labelOutput: setup.labelOutput ?? false,
    // Alone it has what this program has, and can ask for that itself.
    cpus: siblings ? Math.max(1, Math.floor(cpuShare() / siblings)) : identity.cpus,
    kind,
    argv: process.argv.slice(1),
    process: kind === 'process' ? own : identity.process,
    ...(kind === 'thread' && { made: countsForThread() }),
    startMethod: setup.startMethod ?? identity.startMethod,
    capture: captureBoot(),
  }
}

/**
 * A worker that loads a module to find a function in it runs that module's top level. If that starts workers,
 * which load the module in turn, there is no end to it.
 */
function refuseWhileLoading(what: string): void {
  const module = moduleBeingLoaded()
  if (module !== undefined) throw createError('STARTED_WHILE_LOADING', { what, module })
}

const entryFiles: { [kind in Boot['kind']]?: URL } = {}

/** The file that a worker runs, or how a program that is its own worker runs itself again. */
function entryOf(kind: Boot['kind'], what: string): StartOptions['entry'] {
  if (isMainInWorker()) throw createError('FREEZE_SUPPORT_MISSING', { what })
  if (kind === 'thread' && isSingleExecutable()) throw createError('NOT_IN_SINGLE_EXECUTABLE', { what })
  const frozen = frozenCommand()
  if (!frozen) return (entryFiles[kind] ??= existingEntry(kind, what))
  if (kind === 'process') return frozen
  const [script] = frozen as readonly [string]
  // Node finds its ending, too, if that was not given.
  return pathToFileURL(createRequire(script).resolve(script))
}

/**
 * A bundler that takes the library in leaves behind what its workers run. Some write down where the library lay: what is
 * there, if anything, is of another build.
 */
function existingEntry(kind: Boot['kind'], what: string): URL {
  const file = entryFile(`entry-${kind}`, import.meta.url)
  if (IN_BUNDLE || !existsSync(file))
    throw createError('LIBRARY_IN_BUNDLE', { what, file: fileURLToPath(file) })
  return file
}

import { machine } from './machine.ts'
import { WORKER_STATES } from './plan-table.ts'
import type { PlanOptions, PlanWorker, WorkerInstruction } from './plan-words.ts'

/** How many workers in a row may die before any is ready. */
const HOPELESS = 3
/** How many workers in a row may die in idleness before any task is done. */
const POINTLESS = 10
/** So many times it is tried to make workers while there are none. */
const TRIES = 3

const moveWorker = machine(WORKER_STATES)

/**
 * The plan's workers: how many there are to be, who serves, who stands by, who goes. Nobody else changes the state of
 * a worker.
 */
export class Roster {
  readonly #workers = new Set<PlanWorker>()
  readonly #spares: number
  readonly #onDemand: boolean
  readonly #tell: (instruction: WorkerInstruction) => void
  #size: number
  #nextId = 1
  /** Workers that died in a row: before they were ready, and ready but before anything was done. */
  #earlyDeaths = 0
  #idleDeaths = 0
  #promoted = false
  /** The last one could not be made: until the moment has come to try again, none is started. */
  #short = false
  #failedTries = 0

  constructor(options: PlanOptions, tell: (instruction: WorkerInstruction) => void) {
    this.#spares = options.spares
    this.#onDemand = options.onDemand
    this.#size = options.workers
    this.#tell = tell
  }

  get all(): ReadonlySet<PlanWorker> {
    return this.#workers
  }

  /** How many may serve at once. */
  get size(): number {
    return this.#size
  }

  /** How many there are whether work waits or not. */
  get standing(): number {
    return this.#onDemand ? 0 : this.#size
  }

  /** Workers, without those that only stand by. */
  get staff(): number {
    if (this.#spares === 0) return this.#workers.size
    let count = 0
    for (const { standby } of this.#workers) if (!standby) count++
    return count
  }

  get serving(): PlanWorker[] {
    return [...this.#workers].filter(worker => worker.state === 'serving' && !worker.leaving)
  }

  /** Those that serve, and those that will when they have started. */
  get active(): number {
    let count = 0
    for (const worker of this.#workers) if (isActive(worker)) count++
    return count
  }

  get hasIdle(): boolean {
    for (const { state, load, leaving } of this.#workers)
      if (state === 'serving' && load === 0 && !leaving) return true
    return false
  }

  /** Does anything lie behind others with a worker, of whom so many run at once? */
  hasBacklog(concurrency: number): boolean {
    // Of those that it may run at once, it may have begun one alone, and that may be a long computation.
    for (const { load, stuck } of this.#workers) if (load > concurrency || (load > 1 && !stuck)) return true
    return false
  }

  /** Those that serve or have work, and one more for each task that lies behind others with them: newcomers take it over. */
  wanted(concurrency: number): number {
    let count = 0
    for (const { state, load, leaving } of this.#workers)
      if (state === 'serving' || (state === 'starting' && load > 0))
        count += (leaving ? 0 : 1) + Math.max(0, load - concurrency)
    return count
  }

  get deaths(): number {
    return Math.max(this.#earlyDeaths, this.#idleDeaths)
  }

  /** Has somebody begun to serve since this was asked last, who has nothing yet? */
  takePromoted(): boolean {
    const promoted = this.#promoted
    this.#promoted = false
    return promoted
  }

  /** Sees to it that so many serve, or will: those that stand by first, then new ones. */
  fill(wanted: number): void {
    let active = this.active
    for (const worker of this.#workers) if (active < wanted && this.#callUp(worker)) active++
    if (this.#short) return
    for (; active < wanted; active++) this.#start(false)
  }

  /** Who stands by, or was to, serves: false for anybody else. */
  #callUp(worker: PlanWorker): boolean {
    if (!worker.standby || worker.leaving || (worker.state !== 'spare' && worker.state !== 'starting'))
      return false
    worker.standby = false
    if (worker.state === 'starting') return true
    moveWorker(worker, 'promote')
    this.#promoted = true
    return true
  }

  get lacksSpares(): boolean {
    return this.#missingSpares > 0
  }

  /** Starts those that are to stand by. */
  fillSpares(): void {
    for (let missing = this.#missingSpares; missing > 0; missing--) this.#start(true)
  }

  /** None while those that are to serve don't all do: nobody is to be held up. */
  get #missingSpares(): number {
    if (this.#spares === 0) return 0
    let [serving, standing] = [0, 0]
    for (const { state, standby, leaving } of this.#workers) {
      if (leaving) continue
      if (standby && (state === 'starting' || state === 'spare')) standing++
      else if (state === 'starting') return 0
      else if (state === 'serving') serving++
    }
    return serving < Math.max(1, this.standing) ? 0 : this.#spares - standing
  }

  #start(standby: boolean): void {
    const worker: PlanWorker = {
      id: this.#nextId++,
      state: 'starting',
      standby,
      leaving: false,
      load: 0,
      taken: 0,
      turn: 0,
      finished: 0,
      blocked: false,
      stopping: 0,
      seen: -1,
      checked: -1,
      stuck: false,
      lowest: 0,
    }
    this.#workers.add(worker)
    this.#tell({ do: 'start', worker })
  }

  /** It has started: does it serve? */
  ready(worker: PlanWorker): boolean {
    this.#earlyDeaths = 0
    this.#failedTries = 0
    return moveWorker(worker, worker.standby ? 'spare' : 'ready') === 'serving'
  }

  /** There are to be so many. Of those that are too many, the least busy finish what they have and go. */
  resize(size: number): void {
    this.#size = size
    const active = [...this.#workers].filter(isActive).sort((a, b) => a.load - b.load)
    for (const worker of active.slice(0, Math.max(0, active.length - size))) {
      if (worker.state === 'serving') this.retire(worker)
      else this.destroy(worker)
    }
  }

  /** Nobody's place will have to be taken any more. */
  dismissSpares(): void {
    for (const worker of this.#workers) {
      if (worker.state === 'spare') this.retire(worker)
      else if (worker.state === 'starting') worker.standby = false
    }
  }

  retire(worker: PlanWorker): void {
    moveWorker(worker, 'retire')
    this.#tell({ do: 'retire', worker })
  }

  /** It is ending by itself: does anybody have to take its place? */
  leave(worker: PlanWorker): boolean {
    worker.leaving = true
    return worker.state === 'serving'
  }

  destroy(worker: PlanWorker): void {
    if (worker.state === 'gone') return
    moveWorker(worker, 'destroy')
    this.#tell({ do: 'destroy', worker })
  }

  /** Something was done: so workers can work. */
  proveUseful(): void {
    this.#idleDeaths = 0
  }

  /** It is gone. Is this one death too many of the kind that no task is to blame for? */
  remove(worker: PlanWorker, hadBegun: boolean): boolean {
    const hopeless = this.#isHopeless(worker, hadBegun)
    this.forget(worker)
    worker.load = 0
    return hopeless
  }

  /**
   * It could not be made. The others do without it until it is tried again; a spare is missed when the next of them
   * is. Is it hopeless: are there no others, after so many tries?
   */
  unmade(worker: PlanWorker): boolean {
    this.forget(worker)
    worker.load = 0
    if (worker.standby) return false
    if (!this.#short) {
      this.#short = true
      this.#failedTries++
      this.#tell({ do: 'makeUpLater' })
    }
    return this.#failedTries >= TRIES && this.active === 0
  }

  /** It may be tried again. */
  makeUp(): void {
    this.#short = false
  }

  forget(worker: PlanWorker): void {
    moveWorker(worker, 'die')
    this.#workers.delete(worker)
  }

  #isHopeless(worker: PlanWorker, hadBegun: boolean): boolean {
    if (worker.state === 'starting') return ++this.#earlyDeaths >= HOPELESS
    if (worker.state !== 'serving' && worker.state !== 'spare') return false
    if (worker.finished > 0 || hadBegun) return false
    return ++this.#idleDeaths >= POINTLESS
  }
}

function isActive({ state, standby, leaving }: PlanWorker): boolean {
  return !standby && !leaving && (state === 'serving' || state === 'starting')
}

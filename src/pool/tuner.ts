/*
 * How many workers, and how many tasks at once in each? Found out while they work, by hill climbing:
 *
 *     settle ─► measure ─► better? keep : go back ─► try the next thing ─► settle …
 *
 * What to try next, the event loops tell: idle ones with work waiting have room for more tasks at once; busy ones want
 * more workers, or, if there may be no more, fewer tasks each. Whether it helped, only the throughput tells. What did
 * not help is not tried again for a while, and for longer each time, until the work changes.
 *
 * Pure: no clock, no workers. It sees what it is shown.
 */

/** What is seen of the pool at one moment. Counts go up for ever. */
export interface Observation {
  /** Milliseconds, on any clock. */
  readonly time: number
  /** Workers that serve. */
  readonly workers: number
  /** Calls that have ended, the items of chunks one by one. */
  readonly done: number
  /** Tasks that have ended, and the milliseconds that they took in all. */
  readonly tasks: number
  readonly taskTime: number
  /** How long the event loops of all workers together were idle and active. */
  readonly idle: number
  readonly active: number
  /** Tasks wait that no worker has begun. */
  readonly backlog: boolean
}

/** How many of each, and why. */
export interface Choice {
  readonly workers: number
  readonly concurrency: number
  readonly why: string
}

/** What may be changed: a number is fixed. */
export interface TunerOptions {
  readonly workers: number | 'auto'
  readonly concurrency: number | 'auto'
  /** How many workers there may be. Asked each time: a container's quota may change. */
  readonly mostWorkers: () => number
}

/** Event loops busier than this have no room; idler than this have. In between nothing is changed: hysteresis. */
const BUSY = 0.95
const ROOM = 0.85
/** Event loops this idle have room for several times as much. */
const MUCH_ROOM = 0.25
/** How much more at a time. */
const STEP = 2
const LEAP = 4
/** How much less, when looking for where it begins to hurt. */
const BACK = 0.7
/** A gain or loss below this is noise. */
const NOTICEABLE = 0.05
/** More that brings less than this part of what it could is too much, and is partly taken back. */
const WORTHWHILE = 0.7
/** Milliseconds: until a change shows in what event loops tell, and that measuring takes at least and at most. */
const SETTLE = 150
const MEASURE = 200
const LONGEST = 3000
/** Fewer ended calls than this are no measurement. */
const ENOUGH = 20
/** For so long what did not help is not tried again, in milliseconds: at first, and at most. */
const HOLD = 2000
const LONGEST_HOLD = 30_000
/** The work has changed: a call keeps an event loop busy for so many times as long. */
const OTHER = 2

type Direction = 'more concurrency' | 'less concurrency' | 'more workers' | 'fewer workers'

/** What was measured over an epoch. */
interface Measured {
  /** Calls a millisecond. */
  readonly rate: number
  readonly utilisation: number
  /** For how long one call keeps an event loop busy, in milliseconds: the same whatever the numbers. */
  readonly busyTime: number
}

interface Trial {
  readonly direction: Direction
  readonly before: Measured
  readonly from: Pick<Choice, 'workers' | 'concurrency'>
  /** How many times as much it could bring. */
  readonly factor: number
}

export class Tuner {
  readonly #options: TunerOptions
  #workers: number
  #concurrency: number
  #why = 'nothing was measured yet'
  #trial: Trial | undefined
  /** Where measuring begins, and what was seen then. */
  #settledAt: number | undefined
  #start: Observation | undefined
  #taskTime = 0
  readonly #holds = new Map<Direction, { until: number; span: number }>()
  /** What a call was like when something was held. */
  #busyTime: number | undefined
  /** The throughput from which steps down began. */
  #height: number | undefined
  /** The last raise was larger than worthwhile: look how much of it is needed. */
  #tooMuch = false

  constructor(options: TunerOptions) {
    this.#options = options
    const { workers, concurrency } = options
    this.#workers = workers === 'auto' ? options.mostWorkers() : workers
    this.#concurrency = concurrency === 'auto' ? 1 : concurrency
  }

  get choice(): Choice {
    return { workers: this.#workers, concurrency: this.#concurrency, why: this.#why }
  }

  /** To be called some twenty times a second while there is work. A choice if it is a new one. */
  observe(seen: Observation): Choice | undefined {
    const measured = this.#measure(seen)
    if (!measured) return undefined
    const [workers, concurrency] = [this.#workers, this.#concurrency]
    this.#decide(measured, seen.time)
    return this.#workers === workers && this.#concurrency === concurrency ? undefined : this.choice
  }

  // ── measuring ──────────────────────────────────────────────────────────────────────────────────────────

  /** The result of an epoch, at its end. */
  #measure(seen: Observation): Measured | undefined {
    // With too little to do, nothing can be said; and a new worker has to be there first.
    if (!seen.backlog || seen.workers < this.#workers) {
      this.#settledAt = undefined
      this.#start = undefined
      return undefined
    }
    this.#settledAt ??= seen.time + Math.max(SETTLE, Math.min(1.2 * this.#taskTime, LONGEST))
    if (seen.time < this.#settledAt) return undefined
    this.#start ??= seen
    const start = this.#start
    const span = seen.time - start.time
    const calls = seen.done - start.done
    const tasks = seen.tasks - start.tasks
    if (tasks > 0) this.#taskTime = (seen.taskTime - start.taskTime) / tasks
    const long = Math.min(Math.max(MEASURE, 2 * this.#taskTime), LONGEST)
    if (span < long || (calls < ENOUGH && span < LONGEST)) return undefined
    const [idle, active] = [seen.idle - start.idle, seen.active - start.active]
    // The next epoch begins where this one ends, unless something is changed.
    this.#start = seen
    if (idle + active <= 0) return undefined
    const utilisation = active / (idle + active)
    return {
      rate: calls / span,
      utilisation,
      busyTime: (utilisation * seen.workers * span) / Math.max(calls, 1),
    }
  }

  // ── deciding ───────────────────────────────────────────────────────────────────────────────────────────

  #decide(measured: Measured, time: number): void {
    this.#forgetIfChanged(measured)
    const trial = this.#trial
    this.#trial = undefined
    if (trial && !this.#passed(trial, measured, time)) return
    this.#tryNext(measured, time)
  }

  /** Did it help? If not it is taken back. */
  #passed(trial: Trial, measured: Measured, time: number): boolean {
    const { direction, from } = trial
    const isMore = direction.startsWith('more')
    // Steps down are held against where they began: many small losses are a large one.
    const standard = isMore ? trial.before.rate : (this.#height ?? trial.before.rate)
    const ratio = measured.rate / Math.max(standard, 1e-9)
    const change = `${ratio >= 1 ? '+' : ''}${Math.round((ratio - 1) * 100)} %`
    if (ratio < (isMore ? 1 + NOTICEABLE : 1 - NOTICEABLE)) {
      this.#hold(direction, time)
      this.#busyTime = trial.before.busyTime
      this.#tooMuch = false
      this.#height = undefined
      this.#set(from.workers, from.concurrency, `${direction} brought ${change}`)
      return false
    }
    this.#holds.delete(direction)
    this.#height = isMore ? undefined : standard
    if (direction === 'more concurrency') this.#tooMuch = ratio < WORTHWHILE * trial.factor
    this.#why = `${direction} brought ${change}`
    return true
  }

  #tryNext(measured: Measured, time: number): void {
    const { utilisation } = measured
    const [workers, concurrency] = [this.#workers, this.#concurrency]
    const most = this.#options.mostWorkers()
    const busy = `event loops are ${Math.round(utilisation * 100)} % busy`
    const trying = (direction: Direction, of: number, at: number): void => {
      const factor = (of * at) / (workers * concurrency)
      this.#trial = { direction, before: measured, from: { workers, concurrency }, factor }
      this.#set(of, at, `${busy}: ${direction}`)
    }
    const may = (direction: Direction): boolean => time >= (this.#holds.get(direction)?.until ?? 0)
    const [tunesWorkers, tunesTasks] = [
      this.#options.workers === 'auto',
      this.#options.concurrency === 'auto',
    ]
    if (tunesWorkers && workers > most) return this.#set(most, concurrency, `there are ${most} CPUs now`)
    if (tunesTasks && this.#tooMuch && concurrency > 1 && may('less concurrency')) {
      return trying('less concurrency', workers, Math.max(1, Math.floor(concurrency * BACK)))
    }
    if (utilisation < ROOM && tunesTasks && may('more concurrency')) {
      const step = utilisation < MUCH_ROOM ? LEAP : STEP
      return trying('more concurrency', workers, concurrency * step)
    }
    if (tunesWorkers && workers < most && utilisation >= ROOM && may('more workers')) {
      return trying('more workers', Math.min(most, workers * STEP), concurrency)
    }
    if (utilisation >= BUSY && tunesTasks && concurrency > 1 && may('less concurrency')) {
      return trying('less concurrency', workers, Math.ceil(concurrency / STEP))
    }
    // What so many event loops do idly, fewer do as well: each is a process, or a thread, with its memory.
    const needed = Math.max(1, Math.ceil((workers * utilisation) / ROOM))
    if (tunesWorkers && tunesTasks && needed < workers && may('fewer workers')) {
      return trying('fewer workers', needed, Math.ceil((concurrency * workers) / needed))
    }
  }

  #hold(direction: Direction, time: number): void {
    const span = Math.min(LONGEST_HOLD, (this.#holds.get(direction)?.span ?? HOLD / 2) * 2)
    this.#holds.set(direction, { until: time + span, span })
  }

  /** Other work: what did not help may help now. */
  #forgetIfChanged(measured: Measured): void {
    const times = measured.busyTime / (this.#busyTime ?? measured.busyTime)
    if (times < OTHER && times > 1 / OTHER) return
    this.#holds.clear()
    this.#busyTime = undefined
    this.#tooMuch = false
  }

  #set(workers: number, concurrency: number, why: string): void {
    this.#workers = workers
    this.#concurrency = concurrency
    this.#why = why
    this.#settledAt = undefined
    this.#start = undefined
  }
}

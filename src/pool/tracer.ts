import type { Ending, Noted } from './noted.ts'
import { TraceFile } from './trace-file.ts'

/** Lanes of one worker stand together: more than most have. */
const LANES = 1000
/** Calls shorter than this are too short to be pointed at: their arguments are not written. In milliseconds. */
const WORTH_A_TITLE = 0.05

/** The lanes of one worker: the number of each, and when its last slice ended. */
interface Lanes {
  readonly id: number
  readonly name: string
  readonly numbers: number[]
  readonly ends: number[]
}

type Begun = { readonly beganAt: number }

/**
 * Draws what a pool does into a trace: a group for the pool, a lane for each worker, and one more for each call that a
 * worker runs beside others, since slices of one lane must not overlap.
 */
export class Tracer {
  readonly #file: TraceFile
  readonly #group: number
  /** For each worker, when the last slice of each of its lanes ended. */
  readonly #lanes = new Map<number, Lanes>()
  #nextLane = 1

  constructor(path: string | URL, pool: string, kind: string) {
    this.#file = TraceFile.at(path)
    this.#group = this.#file.nextGroup()
    this.#meta('process_name', 0, { name: `${pool} (${kind})` })
    this.#meta('process_sort_index', 0, { sort_index: this.#group })
  }

  workerStarted(id: number, name: string, at: number): void {
    const lanes: Lanes = { id, name, numbers: [], ends: [] }
    this.#lanes.set(id, lanes)
    this.#addLane(lanes, Number.NEGATIVE_INFINITY)
    this.#moment(id, 'started', at)
  }

  workerReady(id: number, at: number): void {
    this.#moment(id, 'ready', at)
  }

  workerDied(id: number, at: number, how: string): void {
    this.#moment(id, how, at)
  }

  /** What it had is drawn. */
  forget(id: number): void {
    this.#lanes.delete(id)
  }

  /** How many tasks are in the pool's line. */
  waiting(count: number, at: number): void {
    this.#add({ ph: 'C', name: 'waiting', ts: this.#file.at(at), args: { tasks: count } })
  }

  /** A task is over that some worker has had. */
  over(name: string, title: () => string, noted: Noted & Begun, ending: Ending, at: number): void {
    const began = noted.beganAt
    const took = noted.took ?? at - began
    this.#add({
      ph: 'X',
      name,
      cat: ending,
      ts: this.#file.at(began),
      dur: Math.max(1, Math.round(took * 1000)),
      tid: this.#laneFor(noted.workerId, began, began + took),
      args: {
        ...(took >= WORTH_A_TITLE && { call: title() }),
        ending,
        waited: Math.max(0, began - noted.submittedAt),
      },
    })
  }

  end(): void {
    this.#file.leave()
  }

  /** The lane of the worker that was free last, else a new one. */
  #laneFor(worker: number, from: number, to: number): number {
    const lanes = this.#lanes.get(worker)
    if (!lanes) return 0
    let best = -1
    lanes.ends.forEach((end, lane) => {
      if (end <= from && (best < 0 || end > (lanes.ends[best] as number))) best = lane
    })
    if (best < 0) best = this.#addLane(lanes, to)
    lanes.ends[best] = to
    return lanes.numbers[best] as number
  }

  #addLane({ id, name, numbers, ends }: Lanes, end: number): number {
    const place = numbers.length
    const number = this.#nextLane++
    numbers.push(number)
    ends.push(end)
    this.#meta('thread_name', number, { name: place === 0 ? name : `${name} · ${place + 1}` })
    this.#meta('thread_sort_index', number, { sort_index: id * LANES + Math.min(place, LANES - 1) })
    return place
  }

  #moment(id: number, name: string, at: number): void {
    const tid = this.#lanes.get(id)?.numbers[0] ?? 0
    this.#add({ ph: 'i', name, ts: this.#file.at(at), tid, s: 't' })
  }

  #meta(name: string, tid: number, args: object): void {
    this.#add({ ph: 'M', name, tid, args })
  }

  #add(event: object): void {
    this.#file.add({ pid: this.#group, ...event })
  }
}

import type { Ending, Noted } from './noted.ts'
import { TraceFile } from './trace-file.ts'

/** More lanes than any worker has: its own numbers begin at a multiple of it. */
const LANES = 1000
/** Calls shorter than this are too short to be pointed at: their arguments are not written. In milliseconds. */
const WORTH_A_TITLE = 0.05

/**
 * Draws what a pool does into a trace: a group for the pool, a lane for each worker, and one more for each call that a
 * worker runs beside others, since slices of one lane must not overlap.
 */
export class Tracer {
  readonly #file: TraceFile
  readonly #group: number
  /** For each worker, when the last slice of each of its lanes ended. */
  readonly #lanes = new Map<number, { readonly name: string; readonly ends: number[] }>()

  constructor(path: string | URL, pool: string, kind: string) {
    this.#file = TraceFile.at(path)
    this.#group = this.#file.nextGroup()
    this.#meta('process_name', 0, { name: `${pool} (${kind})` })
    this.#meta('process_sort_index', 0, { sort_index: this.#group })
  }

  workerStarted(id: number, name: string, at: number): void {
    this.#lanes.set(id, { name, ends: [] })
    this.#moment(id, 'started', at)
  }

  workerReady(id: number, at: number): void {
    this.#moment(id, 'ready', at)
  }

  workerDied(id: number, at: number, how: string): void {
    this.#moment(id, how, at)
    this.#lanes.delete(id)
  }

  /** How many tasks no worker has begun. */
  waiting(count: number, at: number): void {
    this.#add({ ph: 'C', name: 'waiting', ts: this.#file.at(at), args: { tasks: count } })
  }

  /** A task is over that some worker has had. */
  over(name: string, title: () => string, noted: Noted, ending: Ending, at: number): void {
    const began = noted.beganAt ?? noted.sentAt
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
    if (!lanes) return worker * LANES
    let best = -1
    lanes.ends.forEach((end, lane) => {
      if (end <= from && (best < 0 || end > (lanes.ends[best] as number))) best = lane
    })
    if (best < 0) {
      best = lanes.ends.length
      this.#name(worker * LANES + best, best === 0 ? lanes.name : `${lanes.name} · ${best + 1}`)
    }
    lanes.ends[best] = to
    return worker * LANES + best
  }

  #name(lane: number, name: string): void {
    this.#meta('thread_name', lane, { name })
    this.#meta('thread_sort_index', lane, { sort_index: lane })
  }

  #moment(id: number, name: string, at: number): void {
    const lanes = this.#lanes.get(id)
    if (lanes && lanes.ends.length === 0) {
      this.#name(id * LANES, lanes.name)
      lanes.ends.push(Number.NEGATIVE_INFINITY)
    }
    this.#add({ ph: 'i', name, ts: this.#file.at(at), tid: id * LANES, s: 't' })
  }

  #meta(name: string, tid: number, args: object): void {
    this.#add({ ph: 'M', name, tid, args })
  }

  #add(event: object): void {
    this.#file.add({ pid: this.#group, ...event })
  }
}

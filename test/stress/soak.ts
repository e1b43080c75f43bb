import { Pool, ThreadPool } from 'manycore'
import { endOf, type Fate, judgeValue, meet } from './fates.ts'

/*
 * A pool under random faults, checked against what each task was to bring. The same seed gives the same tasks.
 */

export interface SoakOptions {
  readonly kind: 'threads' | 'processes'
  readonly seed: number
  /** How long, in milliseconds. */
  readonly time: number
  /** Tasks that are under way at once. */
  readonly width?: number
}

export interface SoakReport {
  readonly tasks: number
  readonly byFate: Readonly<Record<string, number>>
  /** Tasks that had a worker's end in common with the one that caused it. */
  readonly beside: number
  /** Tasks that did not end as they were to. */
  readonly wrong: readonly string[]
}

/** A small generator of numbers in [0, 1): enough for choosing, and the same everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function chooseFate(kind: SoakOptions['kind'], next: () => number): Fate {
  const roll = next()
  if (roll < 0.6) return 'value'
  if (roll < 0.75) return 'pause'
  if (roll < 0.85) return 'throw'
  if (roll < 0.93) return 'large'
  if (roll < 0.97) return 'exit'
  if (roll < 0.98) return 'loop'
  return kind === 'processes' ? 'kill' : 'exit'
}

/** Runs random tasks until the time is up; then closes the pool and gives what happened. */
export async function soak({ kind, seed, time, width = 32 }: SoakOptions): Promise<SoakReport> {
  const next = random(seed)
  const pool = kind === 'threads' ? new ThreadPool(2) : new Pool(2)
  const byFate: Record<string, number> = {}
  const wrong: string[] = []
  const end = performance.now() + time
  let tasks = 0
  let beside = 0
  const line = async (): Promise<void> => {
    while (performance.now() < end) {
      const n = tasks++
      const fate = chooseFate(kind, next)
      byFate[fate] = (byFate[fate] ?? 0) + 1
      const options = fate === 'loop' ? { timeout: 200 } : {}
      try {
        const verdict = judgeValue([n, fate, n], await pool.apply(meet, [fate, n], options))
        if (verdict !== 'value') wrong.push(verdict)
      } catch (error) {
        const verdict = judge(fate, n, error)
        if (verdict === 'beside') beside++
        else if (verdict === 'wrong') wrong.push(`${fate} ${n}: ${(error as Error).message}`)
      }
    }
  }
  await Promise.all(Array.from({ length: width }, line))
  pool.close()
  await pool.join()
  return { tasks, byFate, beside, wrong }
}

/** Which errors a task may end with: its own; and its worker's end, if another task of that worker caused it. */
function judge(fate: Fate, n: number, error: unknown): 'right' | 'beside' | 'wrong' {
  const { code, message } = error as { code?: string; message: string }
  if (fate === 'throw' ? message === `thrown ${n}` : code === endOf(fate)) return 'right'
  // It was done, but its result was not on its way yet when the task behind it ended the worker.
  return code === 'WORKER_DIED' || code === 'WORKER_STOPPED' ? 'beside' : 'wrong'
}

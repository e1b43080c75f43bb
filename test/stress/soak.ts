import assert from 'node:assert/strict'
import { Pool, ThreadPool } from 'manycore'

/*
 * A pool under random faults, checked against what each task was to bring. The same seed gives the same tasks.
 */

const SORTS = ['value', 'throw', 'exit', 'kill', 'loop', 'async', 'large'] as const
type Sort = (typeof SORTS)[number]

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
  readonly bySort: Readonly<Record<string, number>>
  /** Tasks that had a worker's end in common with the one that caused it. */
  readonly beside: number
  /** Tasks that did not end as they were to. */
  readonly wrong: readonly string[]
}

// oxlint-disable typescript/consistent-return -- each sort returns, or never does
/** What a task of the soak does. It captures nothing, so that its text crosses once. */
async function deed(sort: Sort, n: number): Promise<unknown> {
  switch (sort) {
    case 'value':
      return n * 2
    case 'throw':
      throw new RangeError(`thrown ${n}`)
    case 'exit':
      return process.exit(7)
    case 'kill':
      process.kill(process.pid, 'SIGKILL')
      return new Promise(() => {})
    case 'loop':
      for (;;);
    case 'async':
      await new Promise(resolve => setTimeout(resolve, n % 5))
      return n * 2
    case 'large':
      return new Uint8Array((n % 64) * 65_536)
  }
}

// oxlint-enable typescript/consistent-return

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

function chooseSort(kind: SoakOptions['kind'], next: () => number): Sort {
  const roll = next()
  if (roll < 0.6) return 'value'
  if (roll < 0.75) return 'async'
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
  const bySort: Record<string, number> = {}
  const wrong: string[] = []
  const end = performance.now() + time
  let tasks = 0
  let beside = 0
  const line = async (): Promise<void> => {
    while (performance.now() < end) {
      const n = tasks++
      const sort = chooseSort(kind, next)
      bySort[sort] = (bySort[sort] ?? 0) + 1
      const options = sort === 'loop' ? { timeout: 200 } : {}
      try {
        check(sort, n, await pool.apply(deed, [sort, n], options))
      } catch (error) {
        const verdict = judge(sort, n, error)
        if (verdict === 'beside') beside++
        else if (verdict === 'wrong') wrong.push(`${sort} ${n}: ${(error as Error).message}`)
      }
    }
  }
  await Promise.all(Array.from({ length: width }, line))
  pool.close()
  await pool.join()
  return { tasks, bySort, beside, wrong }
}

function check(sort: Sort, n: number, value: unknown): void {
  if (sort === 'value' || sort === 'async') assert.equal(value, n * 2)
  else if (sort === 'large') assert.equal((value as Uint8Array).length, (n % 64) * 65_536)
  else assert.fail(`${sort} ${n} gave a value`)
}

/** Which errors a task may end with: its own; and its worker's end, if another task of that worker caused it. */
function judge(sort: Sort, n: number, error: unknown): 'right' | 'beside' | 'wrong' {
  const { code, message } = error as { code?: string; message: string }
  const wanted: Readonly<Partial<Record<Sort, boolean>>> = {
    throw: message === `thrown ${n}`,
    exit: code === 'WORKER_DIED',
    kill: code === 'WORKER_DIED',
    loop: code === 'TASK_TIMEOUT',
  }
  if (wanted[sort]) return 'right'
  // It was done, but its result was not on its way yet when the task behind it ended the worker.
  return code === 'WORKER_DIED' || code === 'WORKER_STOPPED' ? 'beside' : 'wrong'
}

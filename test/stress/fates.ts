import { ThreadPool } from 'manycore'

/* What tasks may do, and how each may end. */

export type Fate = 'value' | 'pause' | 'large' | 'nested' | 'throw' | 'exit' | 'kill' | 'loop' | 'refused'

/** One task: the place of its counter, its fate, and a number that its result follows from. */
export type Fated = readonly [task: number, fate: Fate, n: number]

/** Those that bring something. */
export const GOOD: readonly Fate[] = ['value', 'value', 'value', 'value', 'pause', 'large']
/** Those that don't. A thread can't be killed by a signal of its own. */
export const BAD: { readonly [kind in 'threads' | 'processes']: readonly Fate[] } = {
  threads: ['throw', 'exit', 'loop', 'refused'],
  processes: ['throw', 'exit', 'kill', 'loop', 'refused'],
}
/** What those end with. */
const ERRORS: Readonly<Partial<Record<Fate, string>>> = {
  throw: 'RangeError',
  exit: 'WORKER_DIED',
  kill: 'WORKER_DIED',
  loop: 'TASK_TIMEOUT',
  refused: 'CANNOT_CLONE',
}

/** Tasks of this fate end their worker, and may take its others along. */
export function endsWorker(fate: Fate): boolean {
  return fate === 'exit' || fate === 'kill' || fate === 'loop'
}

/** How a call of it ends, if nothing else happens: by a value, or by which error. */
export function endOf(fate: Fate): string {
  return ERRORS[fate] ?? 'value'
}

/** Runs in a worker. The counters say how often each task has begun. */
export function live(begun: Int32Array, task: number, fate: Fate, n: number): Promise<unknown> {
  Atomics.add(begun, task, 1)
  return meet(fate, n)
}

/** The same without a counter. */
// oxlint-disable-next-line typescript/consistent-return -- each fate returns, or never does
export async function meet(fate: Fate, n: number): Promise<unknown> {
  switch (fate) {
    case 'value':
      return n * 2
    case 'pause':
      await new Promise(resolve => setTimeout(resolve, n % 20))
      return n * 2
    case 'large':
      return new Uint8Array((n % 64) * 65_536)
    case 'nested': {
      await using inner = new ThreadPool(1)
      return await inner.apply((given: number) => given * 2, [n])
    }
    case 'throw':
      throw new RangeError(`thrown ${n}`)
    case 'exit':
      return process.exit(7)
    case 'kill':
      process.kill(process.pid, 'SIGKILL')
      return new Promise(() => {})
    case 'loop':
      for (;;);
    case 'refused':
      return new WeakRef({})
  }
}

/** What to say of this value for that task: `'value'`, if it is the right one. */
export function judgeValue([, fate, n]: Fated, value: unknown): string {
  const isRight =
    fate === 'large' ? value instanceof Uint8Array && value.length === (n % 64) * 65_536 : value === n * 2
  return isRight && endOf(fate) === 'value' ? 'value' : `${fate} ${n} gave ${String(value).slice(0, 50)}`
}

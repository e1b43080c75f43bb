import { constants } from 'node:os'
import { createError, stackText } from '../base/index.ts'
import { type Graph, joinStacks, prepare, unpack } from '../codec/index.ts'
import type { Death } from '../link/index.ts'
import { THROWN, VALUE, VALUE_PACKED } from '../wire/index.ts'

/** Takes a packed value apart for whoever waits for it. Nothing that can go wrong here goes past `reject`. */
export function unpackFor(
  graph: Graph,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  const build = (): void => {
    let value: unknown
    try {
      value = unpack(graph)
    } catch (error) {
      return reject(error)
    }
    resolve(value)
  }
  try {
    const loading = prepare(graph)
    if (loading) void loading.then(build, reject)
    else build()
  } catch (error) {
    reject(error)
  }
}

/** Where work was handed over, for the second half of a remote error's stack. */
export interface CallSite {
  /** Whatever the program's own `prepareStackTrace` makes of it. */
  readonly stack?: unknown
}

/** Settles a promise with what came back for a call. */
export function settle(
  how: number,
  payload: unknown,
  worker: string,
  site: CallSite | undefined,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  switch (how) {
    case VALUE:
      return resolve(payload)
    case VALUE_PACKED:
      return unpackFor(payload as Graph, resolve, reject)
    case THROWN:
      return unpackFor(payload as Graph, thrown => reject(withBothStacks(thrown, worker, site)), reject)
    default:
      reject(createError('INTERNAL', { what: `a call ended in an unknown way (${how})` }))
  }
}

/** What was thrown over there, its stack going on here. */
export function withBothStacks(thrown: unknown, worker: string, site: CallSite | undefined): unknown {
  joinStacks(thrown, { worker, localStack: stackText(site) })
  return thrown
}

const settled = Promise.resolve()

/**
 * What was thrown over there, as a promise to settle a caller's promise with: its stack goes on where the caller
 * awaits. V8 finds that place by itself when an error is made inside the chain that leads there, so that calls
 * which succeed pay nothing for it; a call site noted at each call would cost as much as a third of a round trip.
 */
export async function thrownWhereAwaited(thrown: unknown, worker: string): Promise<never> {
  // The caller's promise hooks itself on one turn after it was given this one.
  await settled
  await settled
  const site: { stack?: unknown } = {}
  Error.captureStackTrace(site, thrownWhereAwaited)
  throw withBothStacks(thrown, worker, site)
}

/** The error for a task whose worker died. */
export function deathError(death: Death, worker: string, task: string | undefined): Error {
  return createError(
    'WORKER_DIED',
    {
      worker,
      exitCode: exitCodeOf(death),
      signal: death.signal,
      outOfMemory: death.outOfMemory,
      // A thread's last error is not written but handed over.
      stderr: death.stderr || stackText(death.error),
      task,
    },
    death.error ? { cause: death.error } : {},
  )
}

/** Python's exit code: `n`, or `-signal`. */
export function exitCodeOf(death: Death): number | null {
  return death.signal ? -signalNumber(death.signal) : death.code
}

function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal]
}

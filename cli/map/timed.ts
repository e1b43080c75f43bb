import { divertStdout } from '../divert-stdout.ts'
import { loadTarget, type Target, type TextFunction } from '../target.ts'
import { startTaskClock } from './task-clock.ts'
import { toJson } from './to-json.ts'

/*
 * What runs in the workers: the user's function between a clock and a printer. The result becomes text here, on the
 * worker's core, so that the command itself only passes lines on.
 */

/** What a task gives back. */
export interface Timed {
  /** The function's result as JSON text; missing when it returned nothing. */
  readonly json?: string
  /** Milliseconds inside the function, see task-clock.ts. */
  readonly ms: number
}

let work: TextFunction | undefined

/** Runs once in each worker, before its first task, so that no task's timeout pays for loading a module. */
export async function prepareWorker(target: Target): Promise<void> {
  divertStdout()
  work = await loadTarget(target)
}

/** The user's function over one input. */
export async function timed(input: string): Promise<Timed> {
  if (!work) throw new Error('this worker was not prepared')
  const elapsed = startTaskClock()
  const value = await work(input)
  const ms = elapsed()
  const json = toJson(value)
  return json === undefined ? { ms } : { json, ms }
}

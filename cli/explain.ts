import { explain } from 'manycore'
import { divertStdout } from './divert-stdout.ts'
import { findTarget } from './target.ts'

/** Prints how a function travels to a worker, and gives the exit code: 1 when it can't. */
export async function printExplanation(reference: string, asJson: boolean): Promise<number> {
  const bringBack = divertStdout()
  const { fn } = await findTarget(reference)
  bringBack()
  const report = explain(fn)
  const { refused } = report
  // The message of an error is not among its enumerable properties; its code, path, kind and place are.
  const data = refused ? { ...report, refused: Object.assign({ message: refused.message }, refused) } : report
  process.stdout.write(`${asJson ? JSON.stringify(data, undefined, 2) : String(report)}\n`)
  return refused ? 1 : 0
}

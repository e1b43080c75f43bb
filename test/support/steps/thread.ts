import { parentPort, workerData } from 'node:worker_threads'
import { Control, Stopped } from './control.ts'
import type { Scenario } from './scenario.ts'
import { Steps } from './steps.ts'

/** One thread of an exploration. */
export interface ThreadData {
  readonly me: number
  readonly control: SharedArrayBuffer
  readonly words: SharedArrayBuffer
  readonly module: string
  readonly scenario: string
}

const data = workerData as ThreadData
const control = new Control(data.control)
const words = new Int32Array(data.words)
const { scenarios } = (await import(data.module)) as { scenarios: Record<string, Scenario> }
const scenario = scenarios[data.scenario]
if (!scenario) throw new Error(`${data.module} has no scenario ${data.scenario}`)
const run = scenario.threads[data.me]
const seen = { round: 0 }
parentPort?.postMessage('ready')

while (control.nextRound(seen)) control.finish(data.me, runOnce() === 'killed')

function runOnce(): string {
  try {
    control.begin(data.me)
    run?.(new Steps(data.me, control, words, scenario?.words ?? 0))
    return 'ended'
  } catch (error) {
    if (error instanceof Stopped) return error.message
    control.fail(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return 'failed'
  }
}

import { parentPort } from 'node:worker_threads'
import { Control, Stopped } from './control.ts'
import type { Scenario } from './scenario.ts'
import { Steps } from './steps.ts'

/** What a thread has to do in one exploration. */
export interface Order {
  readonly me: number
  readonly control: SharedArrayBuffer
  readonly words: SharedArrayBuffer
  readonly module: string
  readonly scenario: string
}

parentPort?.on('message', (order: Order) => obey(order))

async function obey(order: Order): Promise<void> {
  const control = new Control(order.control)
  const words = new Int32Array(order.words)
  const { scenarios } = (await import(order.module)) as { scenarios: Record<string, Scenario> }
  const scenario = scenarios[order.scenario]
  if (!scenario) throw new Error(`${order.module} has no scenario ${order.scenario}`)
  const run = scenario.threads[order.me]
  const seen = { round: 0 }
  parentPort?.postMessage('ready')
  while (control.nextRound(seen)) {
    const end = runOnce(control, order.me, () => {
      run?.(new Steps(order.me, control, words, scenario.words))
    })
    control.finish(order.me, end === 'killed')
  }
}

function runOnce(control: Control, me: number, run: () => void): string {
  try {
    control.begin(me)
    run()
    return 'ended'
  } catch (error) {
    if (error instanceof Stopped) return error.message
    control.fail(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return 'failed'
  }
}

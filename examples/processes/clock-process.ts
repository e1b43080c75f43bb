/*
 * A process as a class: the constructor runs here, `run()` runs in the child, and the fields go there with it.
 *
 *     tick 1 of 5 in ClockProcess-1
 *     …
 *     tick 5 of 5 in ClockProcess-1
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { currentProcess, Process } from 'manycore'

class ClockProcess extends Process {
  readonly ticks: number
  readonly ms: number

  constructor(ticks: number, ms: number) {
    super({ name: 'ClockProcess-1' })
    this.ticks = ticks
    this.ms = ms
  }

  override async run(): Promise<void> {
    for (let tick = 1; tick <= this.ticks; tick++) {
      console.log(`tick ${tick} of ${this.ticks} in ${currentProcess().name}`)
      await sleep(this.ms)
    }
  }
}

await new ClockProcess(5, 50).start().join()

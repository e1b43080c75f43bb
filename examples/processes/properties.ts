/*
 * What a process tells about itself.
 *
 *     before: Process-1, pid undefined, alive false, exit code null
 *     running: Process-1, pid 4712, alive true, exit code null
 *     stopped: Process-1, pid 4712, alive false, exit code -15
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Process } from 'manycore'

const child = new Process({ target: () => sleep(60_000) })

function look(when: string): void {
  console.log(
    `${when}: ${child.name}, pid ${child.pid}, alive ${child.isAlive()}, exit code ${child.exitCode}`,
  )
}

look('before')
child.start()
look('running')
child.terminate()
await child.join()
// Minus the number of the signal that ended it: SIGTERM is 15.
look('stopped')

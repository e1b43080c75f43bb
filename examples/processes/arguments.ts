/*
 * Arguments go to the child, its result comes back. `join()` waits for the end, `result()` for the value.
 *
 *     Parent process 4711.
 *     Child process will start.
 *     Run child process test (4712)...
 *     Child process end.
 *     It returned TEST.
 */
import { Process } from 'manycore'

function runProcess(name: string): string {
  console.log(`Run child process ${name} (${process.pid})...`)
  return name.toUpperCase()
}

console.log(`Parent process ${process.pid}.`)
const child = new Process({ target: runProcess, args: ['test'] })
console.log('Child process will start.')
child.start()
await child.join()
console.log('Child process end.')
console.log(`It returned ${await child.result()}.`)

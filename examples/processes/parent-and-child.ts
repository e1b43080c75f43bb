/*
 * Two processes, two pids: each knows its own and the other's. (Where C programs call fork.)
 *
 *     I am 4711, and I have started 4712.
 *     I am 4712, and my parent is 4711, named MainProcess.
 */
import { parentProcess, Process } from 'manycore'

const child = new Process({
  target: () => {
    console.log(`I am ${process.pid}, and my parent is ${process.ppid}, named ${parentProcess()?.name}.`)
  },
})
child.start()
console.log(`I am ${process.pid}, and I have started ${child.pid}.`)
await child.join()

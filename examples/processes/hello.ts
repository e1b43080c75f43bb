/*
 * A function in a process of its own, and waiting for its end.
 *
 *     hello
 *     hello
 *     hello
 *     Sub-process done.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Process } from 'manycore'

async function sayHello(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    console.log('hello')
    await sleep(100)
  }
}

const child = new Process({ target: sayHello, args: [3] }).start()
await child.join()
console.log('Sub-process done.')

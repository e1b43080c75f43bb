/*
 * A Local has a value of its own in each thread, and in each task that `run` starts.
 *
 *     Hello, Alice (in Thread-A)
 *     Hello, Bob (in Thread-B)
 *     Hello, Eve (a task)
 *     Hello, nobody (the program)
 */
import { currentThread, Local, Thread } from 'manycore'

const student = new Local<string>()

function greet(where: string): string {
  return `Hello, ${student.value ?? 'nobody'} (${where})`
}

/** Stores the name in its own thread, and reads it in a function that was not given it. */
function processThread(name: string): string {
  student.value = name
  return greet(`in ${currentThread().name}`)
}

const threads = [
  new Thread({ target: processThread, args: ['Alice'], name: 'Thread-A' }),
  new Thread({ target: processThread, args: ['Bob'], name: 'Thread-B' }),
]
for (const thread of threads) console.log(await thread.start().result())
console.log(await student.run('Eve', async () => greet('a task')))
console.log(greet('the program'))
for (const thread of threads) await thread.join()

/*
 * CPU-bound lists without any library: one process alone, or two independent processes at once with half of
 * the list each, which is what the machine's cores can really give.
 *   node programs/cpu.js <processes>
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { serve } from '../lib/serve.js'
import { TASKS } from '../tasks/functions.js'

if (process.send !== undefined) work()
else await lead(Number(process.argv[2]))

function work() {
  process.on('message', ({ task, items }) => {
    for (const item of items) TASKS[task](item)
    process.send('done')
  })
}

async function lead(processes) {
  const children = Array.from({ length: processes }, () => fork(fileURLToPath(import.meta.url)))
  await serve(
    {
      async cpu({ task, items }) {
        const parts = children.map((_, part) => share(items, part, processes))
        const started = performance.now()
        await Promise.all(children.map((child, part) => done(child, { task, items: parts[part] })))
        return { ms: performance.now() - started }
      },
    },
    async () => {
      for (const child of children) child.kill()
    },
  )
}

/** Equal runs: the lists are repeated an even number of times, so that two halves are the same work. */
function share(items, part, parts) {
  return items.slice((items.length * part) / parts, (items.length * (part + 1)) / parts)
}

function done(child, message) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', () => reject(new Error('a process ended')))
    child.send(message)
  })
}

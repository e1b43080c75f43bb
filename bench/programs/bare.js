/*
 * The least that a row's question takes without any library: what there is to reach.
 *   node programs/bare.js <thread|process>
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { serve } from '../lib/serve.js'
import { fairShares, mixedLengths } from '../lib/stats.js'

const WORKERS = 2
const [kind] = process.argv.slice(2)

/** A worker that runs a file of `tasks/`: `ask` sends it one message and promises its answer. */
function startWorker(name) {
  const file = fileURLToPath(new URL(`../tasks/${name}`, import.meta.url))
  const worker = kind === 'thread' ? new Worker(file) : fork(file, { serialization: 'advanced' })
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
  const send = message => (kind === 'thread' ? worker.postMessage(message) : worker.send(message))
  return {
    ask: message =>
      new Promise((resolve, reject) => {
        worker.once('message', resolve)
        worker.once('error', reject)
        send(message)
      }),
    async end() {
      const gone = once(worker, 'exit')
      if (kind === 'thread') await worker.terminate()
      else worker.kill('SIGKILL')
      await gone
    },
  }
}

let workers

await serve(
  {
    /** From the start of a worker to its answer to one message, the second in this program: milliseconds. */
    async recovery({ file = 'pong.js' }) {
      let value
      for (let turn = 0; turn < 2; turn++) {
        const started = performance.now()
        const worker = startWorker(file)
        await worker.ask('live')
        value = performance.now() - started
        await worker.end()
      }
      return { value }
    },

    /**
     * The mixed list on two workers: threads take the next length from one counter, processes have a list each that
     * adds up to the same.
     */
    async mixed({ tasks }) {
      workers ??= Array.from({ length: WORKERS }, () => startWorker('list.js'))
      await Promise.all(workers.map(worker => worker.ask({ lengths: [] })))
      const lengths = mixedLengths(tasks)
      const counter = new Int32Array(new SharedArrayBuffer(4))
      const messages =
        kind === 'thread'
          ? workers.map(() => ({ lengths, counter }))
          : fairShares(lengths, WORKERS).map(share => ({ lengths: share }))
      const started = performance.now()
      await Promise.all(workers.map((worker, at) => worker.ask(messages[at])))
      const ms = performance.now() - started
      return { value: lengths.reduce((sum, length) => sum + length, 0) / WORKERS / ms }
    },
  },
  async () => {
    for (const worker of workers ?? []) await worker.end()
  },
)

/*
 * manycore and a bare ping-pong in one process, in turns.
 *   node programs/roundtrip.js <thread|process> <workers>
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { open } from '../adapters/manycore.js'
import { serve } from '../lib/serve.js'
import { quantile } from '../lib/stats.js'

const [kind, workers] = process.argv.slice(2)
const BLOCKS = 10

/** One message there and back with nothing in between. */
function openBare() {
  const file = fileURLToPath(new URL('../tasks/pong.js', import.meta.url))
  const worker = kind === 'thread' ? new Worker(file) : fork(file, { serialization: 'advanced' })
  let answered
  worker.on('message', () => answered())
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
  const send = kind === 'thread' ? value => worker.postMessage(value) : value => worker.send(value)
  return {
    call: value =>
      new Promise(resolve => {
        answered = resolve
        send(value)
      }),
    close: () => (kind === 'thread' ? worker.terminate() : worker.kill()),
  }
}

async function block(call, times) {
  for (let index = 0; index < times.length; index++) {
    const started = performance.now()
    await call(index)
    times[index] = (performance.now() - started) * 1000
  }
}

const pool = await open({ kind, workers: Number(workers), task: 'noop' })
const bare = openBare()
await Promise.all([pool.call(0), bare.call(0)])

await serve(
  {
    async roundtrip({ count }) {
      const size = Math.ceil(count / BLOCKS)
      const times = { manycore: new Float64Array(size * BLOCKS), bare: new Float64Array(size * BLOCKS) }
      for (let turn = 0; turn < BLOCKS; turn++) {
        await block(bare.call, times.bare.subarray(turn * size, (turn + 1) * size))
        await block(pool.call, times.manycore.subarray(turn * size, (turn + 1) * size))
      }
      const figures = values => ({ p50: quantile(values, 0.5), p99: quantile(values, 0.99) })
      return { manycore: figures(times.manycore), bare: figures(times.bare) }
    },
  },
  async () => {
    await bare.close()
    await pool.close()
  },
)

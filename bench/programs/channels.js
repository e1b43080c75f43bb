/*
 * A queue, or a pipe, between two processes: one puts, the other gets. Answers the same questions as
 * python_channels.py.
 *   node programs/channels.js <sync|awaited>
 */
import { Pipe, Process, Queue } from '../../dist/lib/index.js'
import { serve } from '../lib/serve.js'

const [form] = process.argv.slice(2)
const sleeps = form === 'sync'

async function produce(orders, queue, pipe, blocking) {
  for await (const { over, size, count } of orders) {
    const value =
      size === 'object' ? { id: 7, name: 'abc', tags: ['x', 'y'], on: true } : Buffer.alloc(size, 7)
    const bySleeping = over === 'queue' ? () => queue.putSync(value) : () => pipe.sendSync(value)
    const byAwaiting = over === 'queue' ? () => queue.put(value) : () => pipe.sendBytes(value)
    for (let i = 0; i <= count; i++) {
      if (blocking) bySleeping()
      else await byAwaiting()
    }
  }
}

const orders = new Queue()
const queue = new Queue()
const [here, there] = Pipe({ duplex: false })
const producer = new Process({ target: produce, args: [orders, queue, there, sleeps] }).start()

/** Messages per second, from the arrival of the first on. */
async function measure(over, { size, count }) {
  const allowed = { blockMainThread: true }
  const bySleeping = over === 'queue' ? () => queue.getSync(allowed) : () => here.recvSync(allowed)
  const byAwaiting = over === 'queue' ? () => queue.get() : () => here.recvBytes()
  await orders.put({ over, size, count })
  await byAwaiting()
  const started = performance.now()
  for (let i = 0; i < count; i++) {
    if (sleeps) bySleeping()
    else await byAwaiting()
  }
  return { value: (count / (performance.now() - started)) * 1000 }
}

await serve(
  {
    queue: question => measure('queue', question),
    pipe: question => measure('pipe', question),
  },
  async () => {
    await orders.shutdown()
    await producer.join()
  },
)

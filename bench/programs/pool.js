/*
 * One library, one kind, one task: the measurements that every library can take part in.
 *   node programs/pool.js <library> <thread|process> <workers> <task> [binary]
 */
import { loadAdapter } from '../adapters/index.js'
import { serve } from '../lib/serve.js'
import { mixedLengths, quantile } from '../lib/stats.js'

const [library, kind, workers, task, binary] = process.argv.slice(2)
const adapter = await loadAdapter(library)
const options = { kind, workers: Number(workers), task, binary: binary === 'binary' }
let pool

async function opened() {
  pool ??= await adapter.open(options)
  return pool
}

/** Submits `count` tasks at once and waits for them all: milliseconds. */
async function wave(call, count, argumentOf) {
  const started = performance.now()
  const results = Array.from({ length: count })
  for (let index = 0; index < count; index++) results[index] = call(argumentOf(index))
  await Promise.all(results)
  return performance.now() - started
}

await serve(
  {
    /** Tasks per second: whole waves until `budget` ms have passed. */
    async throughput({ budget, wave: count, argument }) {
      const { call } = await opened()
      let tasks = 0
      let ms = 0
      do {
        ms += await wave(call, count, index => argument ?? index)
        tasks += count
      } while (ms < budget)
      return { value: (tasks / ms) * 1000 }
    },

    /** One task after the other: microseconds, median and 99th percentile. */
    async latency({ count }) {
      const { call } = await opened()
      const times = new Float64Array(count)
      for (let index = 0; index < count; index++) {
        const started = performance.now()
        await call(index)
        times[index] = (performance.now() - started) * 1000
      }
      return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) }
    },

    /** Long and short tasks, all submitted at once: their own time on each worker by the time that passed. */
    async mixed({ tasks }) {
      const { call } = await opened()
      const lengths = mixedLengths(tasks)
      const ideal = lengths.reduce((sum, ms) => sum + ms, 0) / options.workers
      return { value: ideal / (await wave(call, tasks, index => lengths[index])) }
    },

    /** A task every so many milliseconds, whatever became of those before: latencies in milliseconds. */
    async load({ every, busy, ms }) {
      const { call } = await opened()
      const times = []
      const all = []
      const started = performance.now()
      for (let due = started; due < started + ms; due += every) {
        // Timers come late by up to a millisecond, which is the same for everybody. Turning the loop instead would
        // take a core from the workers.
        const early = due - performance.now()
        if (early > 0) await new Promise(resolve => setTimeout(resolve, early))
        all.push(call(busy).then(() => times.push(performance.now() - due)))
      }
      await Promise.all(all)
      return { value: quantile(times, 0.99), p50: quantile(times, 0.5) }
    },

    /** What a warm and idle pool holds: MiB. */
    async footprint({ tasks }) {
      const { memoryOfTree } = await import('../lib/memory.js')
      const before = memoryOfTree()
      const { call } = await opened()
      await wave(call, tasks, index => index)
      await new Promise(resolve => setTimeout(resolve, 300))
      return { value: (memoryOfTree() - before) / 2 ** 20 }
    },

    /** From "make a pool" to its first result, in this fresh program: milliseconds. */
    async firstCall() {
      const started = performance.now()
      const { call } = await opened()
      await call(0)
      return { value: performance.now() - started }
    },

    /** From the task that ends its worker to the result of the next one, in a pool of one: milliseconds. */
    async recovery() {
      const { call, close } = await adapter.open({ ...options, workers: 1, task: 'dieOnce' })
      await call('live')
      const started = performance.now()
      await call('die').catch(() => {})
      await call('live')
      const value = performance.now() - started
      await close()
      return { value }
    },

    /** Bytes held for each of `count` tasks that wait, before the event loop has turned. They are not worked off. */
    async pending({ count }) {
      const { heldBytes } = await import('../lib/memory.js')
      const { call } = await opened()
      await call(0)
      const results = Array.from({ length: count })
      const before = heldBytes()
      for (let index = 0; index < count; index++) results[index] = call(index)
      const value = (heldBytes() - before) / count
      for (const result of results) result.catch(() => {})
      return { value }
    },

    /** There and back with `bytes` bytes, one after the other for `budget` ms: median milliseconds. */
    async transfer({ bytes, budget }) {
      const { call } = await opened()
      const payload = new Uint8Array(bytes).fill(7)
      const times = []
      const deadline = performance.now() + budget
      do {
        const started = performance.now()
        const back = await call(payload)
        times.push(performance.now() - started)
        if (back?.byteLength !== bytes) throw new Error('the bytes came back as something else')
      } while (performance.now() < deadline)
      return { value: quantile(times, 0.5), calls: times.length }
    },
  },
  async () => pool?.close(),
)

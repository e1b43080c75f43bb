/*
 * What only manycore (and Python) can take part in: map, a million tasks, hundreds of workers.
 *   node programs/manycore.js <thread|process> <workers>
 */
import { readFileSync } from 'node:fs'
import { openPool } from '../adapters/manycore.js'
import { collectGarbage, heldBytes, memoryOfTree } from '../lib/memory.js'
import { serve } from '../lib/serve.js'
import { TASKS } from '../tasks/functions.js'

const [kind, workers] = process.argv.slice(2)
const { double, noop, whereAfter } = TASKS
const pool = openPool(kind, Number(workers))

await serve(
  {
    /** Items per second of whole maps until `budget` ms have passed. */
    async map({ items, budget }) {
      const numbers = Array.from({ length: items }, (_, index) => index)
      let done = 0
      const started = performance.now()
      let ms = 0
      while (ms < budget) {
        const results = await pool.map(double, numbers)
        if (results[items - 1] !== 2 * (items - 1)) throw new Error('wrong result')
        done += items
        ms = performance.now() - started
      }
      return { value: (done / ms) * 1000 }
    },

    /** The CPU-bound lists: milliseconds for one pass, checked. */
    async cpu({ task, items }) {
      const started = performance.now()
      const results = await pool.map(TASKS[task], items)
      if (results.length !== items.length) throw new Error('results are missing')
      return { ms: performance.now() - started }
    },

    /** Bytes held for each of `count` tasks that wait, before the event loop has turned. */
    async pending({ count }) {
      await pool.apply(noop, [0])
      const results = Array.from({ length: count })
      const before = heldBytes()
      for (let index = 0; index < count; index++) results[index] = pool.apply(noop, [index])
      const value = (heldBytes() - before) / count
      await Promise.all(results)
      return { value }
    },

    /** Works off `count` tasks: the longest time between two turns of a 1 ms timer, and how much of it was CPU. */
    async stall({ count }) {
      await pool.apply(noop, [0])
      collectGarbage()
      let left = count
      const all = new Promise((resolve, reject) => {
        const settled = () => --left || resolve()
        for (let index = 0; index < count; index++) pool.apply(noop, [index]).then(settled, reject)
      })
      const started = performance.now()
      const watch = watchLoop(started)
      await all
      return { ...watch.stop(), ms: performance.now() - started }
    },

    /** Tasks that wait 20 ms, one per chunk, until each worker has done one: how long, and what it costs. */
    async everyWorker({ patience }) {
      const started = performance.now()
      const waits = Array.from({ length: Number(workers) * 2 }, () => 20)
      const places = new Set()
      let ms = 0
      while (places.size < waits.length / 2 && ms < patience) {
        for (const place of await pool.map(whereAfter, waits, { chunksize: 1 })) places.add(place)
        ms = performance.now() - started
      }
      return { ms, took: places.size, memory: memoryOfTree() }
    },
  },
  async () => {
    void pool.terminate()
    await pool.join()
  },
)

/** The longest gap between turns of the event loop, in wall time and in CPU time of the main thread. */
function watchLoop(from) {
  const longest = { value: 0, cpu: 0 }
  let last = from
  let lastCpu = mainThreadCpu()
  const tick = () => {
    const at = performance.now()
    const cpu = mainThreadCpu()
    longest.value = Math.max(longest.value, at - last)
    longest.cpu = Math.max(longest.cpu, cpu - lastCpu)
    last = at
    lastCpu = cpu
  }
  const timer = setInterval(tick, 1)
  return {
    stop() {
      clearInterval(timer)
      tick()
      return longest
    },
  }
}

/** Milliseconds that this thread has been on a CPU: on a crowded machine much less than the time that passed. */
function mainThreadCpu() {
  try {
    return Number.parseInt(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1'), 10) / 1e6
  } catch {
    return Number.NaN
  }
}

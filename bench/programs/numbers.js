/*
 * A pool with its numbers given, or `auto`.
 *   node programs/numbers.js <thread|process> <options as JSON>
 */
import { Pool, ThreadPool } from '../../dist/lib/index.js'
import { serve } from '../lib/serve.js'
import { TASKS } from '../tasks/functions.js'

const [kind, options] = process.argv.slice(2)
const pool = new (kind === 'thread' ? ThreadPool : Pool)(JSON.parse(options))
let isWarm = false

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

await serve(
  {
    /** Tasks per second with `depth` under way at any time, over `budget` ms. Before that `pause` ms pass, the first time `warm`. */
    async steady({ task, argument, depth, warm, pause: between, budget }) {
      let done = 0
      const over = new AbortController()
      const feed = async () => {
        for (; !over.signal.aborted; done++) await pool.apply(TASKS[task], [argument])
      }
      const feeders = Array.from({ length: depth }, feed)
      await pause(isWarm ? between : warm)
      isWarm = true
      const [before, started] = [done, performance.now()]
      await pause(budget)
      const value = ((done - before) / (performance.now() - started)) * 1000
      over.abort()
      await Promise.all(feeders)
      return { value, chosen: pool.stats().tuning }
    },

    /** From the task that ends its worker to the result of the next one: milliseconds. A spare has its time to start. */
    async recovery() {
      const spares = JSON.parse(options).spares ?? 0
      await pool.apply(TASKS.dieOnce, ['live'])
      while (pool.stats().workers.spare < spares || pool.stats().workers.starting > 0) await pause(5)
      await pause(50)
      const started = performance.now()
      await pool.apply(TASKS.dieOnce, ['die']).catch(() => {})
      await pool.apply(TASKS.dieOnce, ['live'])
      return { value: performance.now() - started }
    },
  },
  () => pool.terminate(),
)

/*
 * An executor's map.
 *   node programs/executor.js <workers>
 */
import { ProcessPoolExecutor } from '../../dist/lib/index.js'
import { serve } from '../lib/serve.js'
import { TASKS } from '../tasks/functions.js'

const executor = new ProcessPoolExecutor({ maxWorkers: Number(process.argv[2]) })

await serve(
  {
    /** Items per second of whole maps until `budget` ms have passed. */
    async map({ items, budget, chunksize }) {
      const numbers = Array.from({ length: items }, (_, index) => index)
      const options = chunksize === undefined ? {} : { chunksize }
      let done = 0
      let ms = 0
      const started = performance.now()
      while (ms < budget) {
        const results = await executor.map(TASKS.noop, numbers, options).toArray()
        if (results.length !== items) throw new Error('results are missing')
        done += items
        ms = performance.now() - started
      }
      return { value: (done / ms) * 1000 }
    },
  },
  () => executor.shutdown(),
)

/*
 * Shared memory: increments of a number, elements of an array, a big input for every worker.
 *   node programs/shared.js <private|value|atomic|array|share|argument> [thread|process]
 */
import { Pool, RawValue, share, SharedArray, ThreadPool, Value } from '../../dist/lib/index.js'
import { serve } from '../lib/serve.js'

const [what, kind] = process.argv.slice(2)
const WORKERS = 4
const MIB = 2 ** 20
let pool

let number

const INCREMENTS = {
  value(count, value) {
    const lock = value.getLock()
    for (let i = 0; i < count; i++) {
      lock.tryAcquire()
      value.value += 1
      lock.release()
    }
  },
  atomic(count, value) {
    for (let i = 0; i < count; i++) value.atomic.add(1)
  },
}

const ARRAYS = {
  private: length => new Int32Array(length),
  array: length => new SharedArray('i', length),
}

function sums(array) {
  let sum = 0
  for (let i = 0; i < array.length; i++) {
    sum = (sum + array[i]) | 0
    array[i] = sum
  }
  return sum
}

/** Holds its worker until every worker is here, so that each of them has read. */
async function readThere(input, arrived, index) {
  const numbers = typeof input.get === 'function' ? input.get() : input
  const first = numbers[index * 1000]
  arrived.atomic.add(1)
  while (arrived.atomic.load() < 4) await new Promise(resolve => setTimeout(resolve, 1))
  return first
}

await serve(
  {
    /** Increments per second. */
    async increments({ budget, count }) {
      number ??= new Value('i')
      const started = performance.now()
      let done = 0
      let ms = 0
      while (ms < budget) {
        INCREMENTS[what](count, number)
        done += count
        ms = performance.now() - started
      }
      return { value: (done / ms) * 1000 }
    },

    /** Nanoseconds to read and write one element in a loop: the best of many passes. */
    async elements({ budget, length }) {
      const array = ARRAYS[what](length)
      const deadline = performance.now() + budget
      let best = Infinity
      while (performance.now() < deadline) {
        const started = performance.now()
        sums(array)
        best = Math.min(best, performance.now() - started)
      }
      return { value: (best * 1e6) / length }
    },

    /** Milliseconds until every worker of a warm pool has read from a big array; and those for putting it there. */
    async everybodyReads({ mib }) {
      pool ??= kind === 'process' ? new Pool(WORKERS) : new ThreadPool(WORKERS)
      await readAll(new Float64Array(4 * 1000).fill(1))
      const numbers = new Float64Array((mib * MIB) / 8).fill(1)
      const started = performance.now()
      const input = what === 'share' ? share(numbers) : numbers
      const put = performance.now() - started
      const read = performance.now()
      await readAll(input)
      const value = performance.now() - read
      if (what === 'share') input.close()
      return { value, put }
    },
  },
  async () => {
    void pool?.terminate()
    await pool?.join()
  },
)

async function readAll(input) {
  const arrived = new RawValue('i')
  const reads = Array.from({ length: WORKERS }, (_, i) => pool.apply(readThere, [input, arrived, i]))
  for (const first of await Promise.all(reads)) if (first !== 1) throw new Error('a wrong number was read')
}

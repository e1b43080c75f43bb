/*
 * Every library behind the same two words: `call(argument)` runs one task and promises its result, `close()`
 * ends the pool. Each one is used as its own documentation says, with its defaults, a fixed number of workers,
 * and no limit on waiting tasks.
 *
 * An adapter: `open({ kind: 'thread' | 'process', workers, task, binary }) → { call, close }`, where `task`
 * names an export of `tasks/functions.js` ('written': a function in the call itself), and `binary` asks for a
 * serialization that keeps typed arrays where the library's default is JSON.
 */

const ADAPTERS = {
  manycore: () => import('./manycore.js'),
  piscina: () => import('./piscina.js'),
  tinypool: () => import('./tinypool.js'),
  workerpool: () => import('./workerpool.js'),
  poolifier: () => import('./poolifier.js'),
  'jest-worker': () => import('./jest-worker.js'),
}

export async function loadAdapter(name) {
  return await ADAPTERS[name]()
}

/** The contestants of a kind, in the order of the tables. */
export const LIBRARIES = {
  thread: [
    { library: 'manycore', label: 'manycore ThreadPool' },
    { library: 'piscina', label: 'Piscina' },
    { library: 'tinypool', label: 'tinypool (worker_threads)' },
    { library: 'workerpool', label: 'workerpool (thread)' },
    { library: 'poolifier', label: 'poolifier FixedThreadPool' },
    { library: 'jest-worker', label: 'jest-worker (thread)' },
  ],
  process: [
    { library: 'manycore', label: 'manycore Pool' },
    { library: 'tinypool', label: 'tinypool (child_process)' },
    { library: 'workerpool', label: 'workerpool (process)' },
    { library: 'poolifier', label: 'poolifier FixedClusterPool' },
    { library: 'jest-worker', label: 'jest-worker (process)' },
  ],
}

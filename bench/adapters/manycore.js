import { Pool, ThreadPool } from '../../dist/lib/index.js'
import { TASKS } from '../tasks/functions.js'

export function openPool(kind, workers) {
  return kind === 'thread' ? new ThreadPool(workers) : new Pool(workers)
}

export async function open({ kind, workers, task }) {
  const pool = openPool(kind, workers)
  const target = TASKS[task]
  const calls = {
    written: argument => pool.apply(n => n, [argument]),
    capturing: argument => pool.apply(() => argument),
  }
  return {
    call: calls[task] ?? (argument => pool.apply(target, [argument])),
    async close() {
      void pool.terminate()
      await pool.join()
    },
  }
}

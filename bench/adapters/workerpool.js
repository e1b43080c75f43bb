import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'

const script = fileURLToPath(new URL('../tasks/workerpool-worker.js', import.meta.url))

export async function open({ kind, workers, task, binary }) {
  const pool = workerpool.pool(script, {
    workerType: kind,
    minWorkers: workers,
    maxWorkers: workers,
    forkOpts: binary ? { serialization: 'advanced' } : {},
  })
  const written = argument => pool.exec(n => n, [argument])
  const named = argument => pool.exec(task, [argument])
  return { call: task === 'written' ? written : named, close: () => pool.terminate(true) }
}

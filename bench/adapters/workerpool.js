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
  return { call: argument => pool.exec(task, [argument]), close: () => pool.terminate(true) }
}

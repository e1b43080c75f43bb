import { fileURLToPath } from 'node:url'
import { Worker } from 'jest-worker'

const file = fileURLToPath(new URL('../tasks/functions.js', import.meta.url))

export async function open({ kind, workers, task }) {
  const pool = new Worker(file, {
    numWorkers: workers,
    enableWorkerThreads: kind === 'thread',
    exposedMethods: [task],
  })
  return { call: argument => pool[task](argument), close: () => pool.end() }
}

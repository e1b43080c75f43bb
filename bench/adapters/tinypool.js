import { Tinypool } from 'tinypool'

const filename = new URL('../tasks/functions.js', import.meta.url).href
const RUNTIMES = { thread: 'worker_threads', process: 'child_process' }

export async function open({ kind, workers, task, binary }) {
  const pool = new Tinypool({
    runtime: RUNTIMES[kind],
    filename,
    name: task,
    minThreads: workers,
    maxThreads: workers,
    ...(binary ? { serialization: 'advanced' } : {}),
  })
  return { call: argument => pool.run(argument), close: () => pool.destroy() }
}

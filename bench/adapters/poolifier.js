import { fileURLToPath } from 'node:url'
import { FixedClusterPool, FixedThreadPool } from 'poolifier'

const file = name => fileURLToPath(new URL(`../tasks/${name}`, import.meta.url))

export async function open({ kind, workers, task, binary }) {
  const pool =
    kind === 'thread'
      ? new FixedThreadPool(workers, file('poolifier-thread.js'))
      : new FixedClusterPool(workers, file('poolifier-process.cjs'), {
          settings: binary ? { serialization: 'advanced' } : {},
        })
  pool.emitter?.on('error', () => {})
  return { call: argument => pool.execute(argument, task), close: () => pool.destroy() }
}

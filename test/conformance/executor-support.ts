import { existsSync } from 'node:fs'
import type { Kind } from '../support/index.ts'
import { tempDir } from '../support/index.ts'

export const limit = { timeout: 60_000 }
export const square = (x: number): number => x * x
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** Where a task runs: the number of its thread or process. */
export function whereabouts(kind: Kind): () => Promise<number> {
  return kind.pick(
    async () => (await import('node:worker_threads')).threadId,
    async () => process.pid,
  )
}

/** What tasks can wait at until the test opens it, wherever they run. */
export interface Gate {
  /** For tasks: resolves with `value` when the gate is open. */
  readonly pass: <T>(value: T) => Promise<T>
  open(): void
  remove(): void
}

export function gate(): Gate {
  const folder = tempDir()
  const file = `${folder.path}/open`
  return {
    pass: async value => {
      while (!existsSync(file)) await new Promise(resolve => setTimeout(resolve, 2))
      return value
    },
    open: () => void folder.write('open', ''),
    remove: () => folder.remove(),
  }
}

/** Runs `body` with a gate that is open afterwards, whatever happens. */
export async function withGate<T>(body: (gate: Gate) => Promise<T>): Promise<T> {
  const made = gate()
  try {
    return await body(made)
  } finally {
    made.open()
    made.remove()
  }
}

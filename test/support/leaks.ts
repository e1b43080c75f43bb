import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { descendants } from './processes.ts'

/*
 * Node announces every child process and every thread that a process makes, those that no longer keep the
 * program alive included, which `process.getActiveResourcesInfo()` leaves out.
 */
const children = new Set<ChildProcess>()
const threads = new Set<Worker>()

subscribe('child_process', message => {
  const { process: child } = message as { process: ChildProcess }
  children.add(child)
  child.once('exit', () => children.delete(child))
  child.once('error', () => child.pid === undefined && children.delete(child))
})
subscribe('worker_threads', message => {
  const { worker } = message as { worker: Worker }
  if (startsBroker()) return
  threads.add(worker)
  worker.once('exit', () => threads.delete(worker))
})

/** Without native code, a program has a thread that serves its shared memory to other processes, until it ends. */
function startsBroker(): boolean {
  return /\bwhyNoBroker\b/.test(new Error().stack ?? '')
}

// The test runner asks for this when the file misses its deadline.
if (process.platform !== 'win32') {
  process.on('SIGUSR2', () => {
    const busy = process.getActiveResourcesInfo().join(', ') || 'nothing'
    process.stderr.write(
      `still held: ${busy}\n${leaks()
        .map(line => `still running: ${line}\n`)
        .join('')}`,
    )
  })
}

/** What this process has started and not ended, one line for each child process and thread. */
export function leaks(): string[] {
  const known = [...children].map(child => `process ${child.pid}: ${child.spawnargs.join(' ')}`)
  const pids = new Set([...children].map(child => child.pid))
  const deeper = descendants(process.pid)
    .filter(found => !pids.has(found.pid))
    .map(found => `process ${found.pid}${found.state === 'Z' ? ' (zombie)' : ''}: ${found.command}`)
  return [...known, ...deeper, ...[...threads].map(worker => `thread ${worker.threadId}`)]
}

/**
 * Fails when a child process or thread is still there `within` milliseconds from now (default 5000).
 * @example afterEach(() => nothingLeft())
 */
export async function nothingLeft({ within = 5000 } = {}): Promise<void> {
  const end = performance.now() + within
  // What Node has announced first: a look at every process of the machine costs more.
  while (children.size + threads.size > 0 && performance.now() < end) await sleep(10)
  let left = leaks()
  while (left.length > 0 && performance.now() < end) {
    await sleep(10)
    left = leaks()
  }
  assert.equal(left.length, 0, `left behind:\n  ${left.join('\n  ')}`)
}

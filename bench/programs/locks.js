/*
 * manycore's locks between processes: answers the same questions as python_locks.py, on the same terms.
 *   node programs/locks.js
 */
import { Event, Lock, Process, Semaphore } from '../../dist/lib/index.js'
import { serve } from '../lib/serve.js'
import { quantile } from '../lib/stats.js'

const TURNS = 100

function takeTurns(lock, times) {
  for (let i = 0; i < times; i++) {
    lock.tryAcquire()
    lock.release()
  }
}

/** Takes and releases a lock that nobody else has, again and again. */
async function uncontended({ budget }) {
  const lock = new Lock()
  const end = performance.now() + budget
  let count = 0
  let ms = 0
  while (performance.now() < end) {
    const began = performance.now()
    takeTurns(lock, TURNS * 100)
    ms += performance.now() - began
    count += TURNS * 100
  }
  return { value: count / ms / 1000 }
}

/** The same by several processes at once, blocking. Each counts its own turns. */
async function contended({ budget, processes }) {
  const lock = new Lock()
  const ready = new Semaphore(0)
  const go = new Event()
  const takeAll = times => {
    for (let i = 0; i < times; i++) {
      lock.acquireSync()
      lock.release()
    }
  }
  const target = () => {
    takeAll(20_000)
    ready.release()
    go.waitSync()
    const end = performance.now() + budget
    let count = 0
    while (performance.now() < end) {
      takeAll(TURNS)
      count += TURNS
    }
    return count
  }
  const workers = Array.from({ length: processes }, () => new Process({ target }).start())
  for (let i = 0; i < processes; i++) await ready.acquire()
  go.set()
  const counts = await Promise.all(workers.map(worker => worker.result()))
  return { value: counts.reduce((sum, count) => sum + count, 0) / budget / 1000 }
}

/** Two event loops wake each other in turn. */
async function wakeup({ count }) {
  const [there, back] = [new Semaphore(0), new Semaphore(0)]
  const rounds = count + 500
  const worker = new Process({
    target: async () => {
      for (let i = 0; i < rounds; i++) {
        await there.acquire()
        back.release()
      }
    },
  }).start()
  const times = []
  for (let i = 0; i < rounds; i++) {
    const began = performance.now()
    there.release()
    await back.acquire()
    times.push((performance.now() - began) * 1000)
  }
  await worker.join()
  const warm = times.slice(500)
  return { p50: quantile(warm, 0.5), p99: quantile(warm, 0.99) }
}

/** Another process takes the lock for 50 µs again and again without a pause; this event loop wants it too. */
async function hammer({ budget }) {
  const lock = new Lock()
  const [begun, stop] = [new Event(), new Event()]
  const worker = new Process({
    target: () => {
      begun.set()
      while (!stop.isSet()) {
        lock.acquireSync()
        for (const end = performance.now() + 0.05; performance.now() < end; );
        lock.release()
      }
    },
  }).start()
  await begun.wait()
  const waits = []
  for (const end = performance.now() + budget; performance.now() < end; ) {
    const began = performance.now()
    const guard = await lock.acquire()
    waits.push(performance.now() - began)
    guard.release()
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  stop.set()
  await worker.join()
  return { value: Math.max(...waits), waits: waits.length }
}

/** From the SIGKILL of the process that holds the lock until this event loop has it. */
async function recovery() {
  const lock = new Lock()
  const held = new Event()
  const worker = new Process({
    target: async () => {
      await lock.acquire()
      held.set()
      await new Promise(resolve => setTimeout(resolve, 60_000))
    },
  }).start()
  await held.wait()
  const waiting = lock.acquire()
  await new Promise(resolve => setTimeout(resolve, 5 + Math.random() * 50))
  const began = performance.now()
  worker.kill()
  await waiting
  const value = performance.now() - began
  await worker.join()
  return { value }
}

await serve({ uncontended, contended, wakeup, hammer, recovery })

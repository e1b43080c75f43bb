import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machineClock, now } from '../../src/base/index.ts'
import { capture, type Portable } from '../../src/capture/index.ts'
import { BETWEEN_THREADS } from '../../src/link/abilities.ts'
import type { Progress, WorkerLink } from '../../src/link/index.ts'
import {
  type Boot,
  CALLS,
  RESULTS,
  STRIDE,
  type ToProgram,
  type ToWorker,
  VALUE,
} from '../../src/wire/index.ts'
import type { Call } from '../../src/worker/index.ts'
import { Worker, type WorkerUser } from '../../src/worker/worker.ts'

/*
 * How calls leave: in one message, or in parts where they take long to write; and what can be seen from here of a
 * worker that has not come to them.
 */

const fn: Portable = capture((text: string) => text.length, 'the test', BETWEEN_THREADS)
const callsOf = (count: number): Call[] =>
  Array.from({ length: count }, () => ({ fn, mode: 0, payload: ['text'], transfer: undefined }))

/** A worker at the other end of a road on which each call takes `cost` milliseconds to write. */
function workerOn(cost: { ms: number }): {
  worker: Worker<Call>
  sizes: number[]
  hears: (message: ToProgram) => void
  at: (call: number, since?: number) => void
} {
  const sizes: number[] = []
  let progress: Progress = { call: -1, item: 0, since: 0 }
  let hears: (message: ToProgram) => void = () => {}
  const link = {
    pid: 1,
    threadId: 1,
    can: BETWEEN_THREADS,
    send(message: ToWorker) {
      if (message[0] !== CALLS) return
      const count = message[2].length / STRIDE
      sizes.push(count)
      const until = now() + count * cost.ms
      while (now() < until);
    },
    listen(events: { message(message: ToProgram): void }) {
      hears = message => events.message(message)
    },
    progress: () => progress,
  } as unknown as WorkerLink
  const user = { settled() {}, progressed() {} } as unknown as WorkerUser<Call>
  const worker = new Worker<Call>(link, { name: 'worker', role: 'pool' } as Boot, user)
  const at = (call: number, since = machineClock()): void => {
    progress = { call, item: 0, since }
  }
  return { worker, sizes, hears: message => hears(message), at }
}

/** This thread may lose its processor in the middle of what is quick: then it is tried anew, some times. */
function evenIfDisturbed(check: () => void): void {
  for (let tries = 1; ; tries++) {
    try {
      return check()
    } catch (error) {
      if (tries === 10) throw error
    }
  }
}

test('calls that are quick to write leave together', () => {
  evenIfDisturbed(() => {
    const { worker, sizes } = workerOn({ ms: 0 })
    worker.send(callsOf(16))
    worker.send(callsOf(60))
    assert.deepEqual(sizes, [16, 60])
  })
})

test('calls that take long to write leave in parts, so that the first is begun before the last is written', () => {
  const cost = { ms: 1 }
  const { worker, sizes } = workerOn(cost)
  worker.send(callsOf(60))
  assert.equal(
    sizes.reduce((sum, size) => sum + size, 0),
    60,
  )
  assert.equal(sizes[0], 16)
  assert.ok(Math.max(...sizes.slice(1)) <= 4, sizes.join(' '))
  cost.ms = 0
  sizes.length = 0
  worker.send(callsOf(1000))
  assert.ok(sizes.length < 10, `it goes faster again: ${sizes.join(' ')}`)
})

test('it has much to read until it has begun what took long to write', () => {
  evenIfDisturbed(() => {
    const cost = { ms: 0 }
    const { worker, at } = workerOn(cost)
    worker.send(callsOf(3))
    assert.equal(worker.hasMuchToRead, false)
    cost.ms = 2
    worker.send(callsOf(1))
    assert.equal(worker.hasMuchToRead, true)
    cost.ms = 0
    worker.send(callsOf(2))
    at(2)
    assert.equal(worker.hasMuchToRead, true)
    at(3)
    assert.equal(worker.hasMuchToRead, false)
  })
})

test('it is between calls when it is in none, or has only just begun one', () => {
  const { worker, hears, at } = workerOn({ ms: 0 })
  worker.send(callsOf(3))
  assert.equal(worker.isBetweenCalls, true)
  // However long this thread is held up now, it is not long ago.
  at(0, machineClock() + 10_000)
  assert.equal(worker.isBetweenCalls, true)
  at(0, machineClock() - 10)
  assert.equal(worker.isBetweenCalls, false)
  hears([RESULTS, [0, VALUE, 4], 0.1, 1])
  assert.equal(worker.isBetweenCalls, true)
})

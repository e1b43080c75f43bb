import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { keepOut, leftForGood, undisturbedWords } from '../../src/memory/undisturbed.ts'
import { rounds, runProgram } from '../support/index.ts'

const LONG = { timeout: 60_000 }
/** What `flag` says: the thread may go in, it is in there, it has left, it was not let in. */
const GO = 1
const INSIDE = 2
const LEFT = 3
const REFUSED = 4

/** A thread that goes in when it is told to, and stays for so long. */
class Visitor {
  readonly flag = new Int32Array(new SharedArrayBuffer(4))
  readonly thread: Worker
  readonly id: number

  constructor(stay: number, how: 'undisturbed' | 'undisturbedAtFirst' = 'undisturbed') {
    const url = new URL('../../src/memory/undisturbed.js', import.meta.url).href
    this.thread = new Worker(
      `const { workerData: { url, words, flag, stay } } = require('node:worker_threads')
      import(url).then(({ inheritUndisturbed, ${how}: undisturbed }) => {
        inheritUndisturbed(words)
        const say = what => { Atomics.store(flag, 0, what); Atomics.notify(flag, 0) }
        Atomics.wait(flag, 0, 0)
        const been = undisturbed(() => {
          say(${INSIDE})
          Atomics.wait(flag, 0, ${INSIDE}, stay)
          return true
        })
        say(been ? ${LEFT} : ${REFUSED})
      })`,
      { eval: true, workerData: { url, words: undisturbedWords(), flag: this.flag, stay } },
    )
    this.id = this.thread.threadId
  }

  go(): void {
    Atomics.store(this.flag, 0, GO)
    Atomics.notify(this.flag, 0)
  }

  get says(): number {
    return Atomics.load(this.flag, 0)
  }

  /** Blocks until it says this. */
  awaits(what: number): void {
    const end = Date.now() + 20_000
    for (let says = this.says; says !== what; says = this.says) {
      assert.ok(Date.now() < end, `the thread says ${says}, not ${what}`)
      Atomics.wait(this.flag, 0, says, 1000)
    }
  }
}

function places(): number[] {
  return [...new Int32Array(undisturbedWords())].slice(1).filter(Boolean)
}

test('who terminates waits for a thread that is in there', LONG, async () => {
  const visitor = new Visitor(50)
  visitor.go()
  visitor.awaits(INSIDE)
  keepOut()
  visitor.awaits(LEFT)
  assert.deepEqual(places(), [])
  await visitor.thread.terminate()
})

test('so it does on a busy machine, where that takes long', LONG, async () => {
  const visitor = new Visitor(500)
  visitor.go()
  visitor.awaits(INSIDE)
  keepOut()
  assert.deepEqual(places(), [])
  await visitor.thread.terminate()
})

test('nobody goes in while somebody terminates, and everybody afterwards', LONG, async () => {
  const visitor = new Visitor(0)
  await once(visitor.thread, 'online')
  const closedUntil = Date.now() + 200
  keepOut(200)
  visitor.go()
  visitor.awaits(LEFT)
  // Two clocks, a millisecond apart at most.
  assert.ok(Date.now() >= closedUntil - 2, 'it has waited')
  await visitor.thread.terminate()
})

test('a thread that stays for ever is not waited for for ever; dead, it is not in there', LONG, async () => {
  const visitor = new Visitor(60_000)
  visitor.go()
  visitor.awaits(INSIDE)
  keepOut()
  assert.deepEqual(places(), [visitor.id])
  await visitor.thread.terminate()
  leftForGood(visitor.id)
  assert.deepEqual(places(), [])
})

/** Who may stay does not wait for the end of what the test before has closed. */
const OPEN_AGAIN = 40

test('who may stay is waited for', LONG, async () => {
  await sleep(OPEN_AGAIN)
  const visitor = new Visitor(20, 'undisturbedAtFirst')
  visitor.go()
  visitor.awaits(INSIDE)
  assert.deepEqual(places(), [-visitor.id])
  keepOut()
  visitor.awaits(LEFT)
  assert.deepEqual(places(), [])
  await visitor.thread.terminate()
})

test('who may stay is waited for once, and not let in while somebody terminates', LONG, async () => {
  await sleep(OPEN_AGAIN)
  const visitor = new Visitor(60_000, 'undisturbedAtFirst')
  visitor.go()
  visitor.awaits(INSIDE)
  keepOut()
  assert.deepEqual(places(), [])
  await visitor.thread.terminate()
  const late = new Visitor(0, 'undisturbedAtFirst')
  await once(late.thread, 'online')
  keepOut(10_000)
  late.go()
  late.awaits(REFUSED)
  assert.deepEqual(places(), [])
  await late.thread.terminate()
})

/** The first thing that it does takes native code; and so does the next one, and the next. */
const WORK = `
import { Lock, RawArray } from 'manycore'
export function work(flag) {
  Atomics.store(flag, 0, 1)
  Atomics.notify(flag, 0)
  new Lock()
  for (;;) new RawArray('i', 10)
}`

test('threads are terminated while they load native code', LONG, async () => {
  const program = `
    import { Thread } from 'manycore'
    import { work } from './work.mjs'
    const flag = new Int32Array(new SharedArrayBuffer(4))
    for (let turn = 0; turn < ${rounds(15, 60)}; turn++) {
      Atomics.store(flag, 0, 0)
      const thread = new Thread({ target: work, args: [flag] })
      thread.start()
      while (Atomics.load(flag, 0) === 0) await new Promise(setImmediate)
      Atomics.wait(flag, 0, 1, Math.random() * 5)
      thread.terminate()
      await thread.join()
    }
    console.log('survived')`
  const { code, signal, stdout, stderr } = await runProgram(program, {
    files: { 'work.mjs': WORK },
    timeout: 50_000,
  })
  assert.deepEqual({ code, signal, stdout }, { code: 0, signal: null, stdout: 'survived\n' }, stderr)
})

test('a program ends while its threads load native code', LONG, async () => {
  const program = `
    import { Thread } from 'manycore'
    import { work } from './work.mjs'
    const flag = new Int32Array(new SharedArrayBuffer(4))
    for (let i = 0; i < 2; i++) new Thread({ target: work, args: [flag] }).start()
    while (Atomics.load(flag, 0) === 0) await new Promise(setImmediate)
    Atomics.wait(flag, 0, 1, Math.random() * 5)
    process.exit(7)`
  const ends = []
  for (let turn = 0; turn < rounds(3, 12); turn++) {
    const { code, signal } = await runProgram(program, { files: { 'work.mjs': WORK } })
    ends.push(signal ?? code)
  }
  assert.deepEqual(
    ends,
    Array.from(ends, () => 7),
  )
})

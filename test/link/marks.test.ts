import assert from 'node:assert/strict'
import { once } from 'node:events'
import { fstatSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel, Worker } from 'node:worker_threads'
import { Board } from '../../src/link/board.ts'
import {
  marksFile,
  MarkWriter,
  readMark,
  releaseSlot,
  takeMarksBack,
  takeSlot,
} from '../../src/link/marks.ts'
import { undisturbedWords } from '../../src/memory/index.ts'
import { noNativeCode } from '../support/index.ts'

const LIMIT = { timeout: 60_000 }

test('marks outlive their writer, in slots that are used again', LIMIT, async () => {
  const slot = takeSlot()
  assert.equal(readMark(slot).call, -1)
  const writer = new MarkWriter(marksFile(), slot)
  assert.equal(writer.begin(7, 1.5), true)
  writer.beginItem(2)
  assert.deepEqual(readMark(slot), { call: 7, item: 2, since: 1.5 })
  await takeMarksBack(slot, 20)
  const other = takeSlot()
  assert.notEqual(other, slot)
  assert.equal(readMark(other).call, -1)
  releaseSlot(slot)
  assert.equal(takeSlot(), slot)
  assert.equal(readMark(slot).call, -1, 'a slot is cleared before it is used again')
  assert.equal(new MarkWriter(marksFile(), slot).begin(0, 1), true, 'also of what was taken back')
  if (process.platform === 'linux') {
    assert.deepEqual(
      readdirSync('/dev/shm').filter(name => name.includes('manycore')),
      [],
    )
  }
})

test('what was taken back does not begin; what comes after it does', LIMIT, async () => {
  const slot = takeSlot()
  const writer = new MarkWriter(marksFile(), slot)
  assert.equal(writer.begin(0, 1), true)
  await takeMarksBack(slot, 5)
  assert.equal(readMark(slot).call, 0)
  assert.equal(writer.begin(4, 2), false)
  assert.equal(writer.begin(5, 3), true)
})

test('after very many quick calls the marks are the same, in memory', LIMIT, async () => {
  const slot = takeSlot()
  const writer = new MarkWriter(marksFile(), slot)
  for (let call = 0; call < 60_000; call++) assert.equal(writer.begin(call, call / 2), true)
  assert.deepEqual(readMark(slot), { call: 59_999, item: 0, since: 59_999 / 2 })
  writer.beginItem(3)
  assert.deepEqual(readMark(slot), { call: 59_999, item: 3, since: 59_999 / 2 })
  await takeMarksBack(slot, 60_005)
  assert.equal(writer.begin(60_004, 1), false)
  assert.equal(readMark(slot).call, 60_004)
  assert.equal(writer.begin(60_005, 2), true)
  if (noNativeCode() === undefined) assert.ok(isInMemory())
})

test('items of chunks count as well, and are marked the same in memory', LIMIT, () => {
  const slot = takeSlot()
  const writer = new MarkWriter(marksFile(), slot)
  assert.equal(writer.begin(3, 1.5), true)
  for (let item = 0; item < 60_000; item++) writer.beginItem(item)
  assert.deepEqual(readMark(slot), { call: 3, item: 59_999, since: 1.5 })
  assert.equal(writer.begin(4, 2.5), true)
  assert.deepEqual(readMark(slot), { call: 4, item: 0, since: 2.5 })
})

/** Does this process see the file of marks as memory? */
function isInMemory(): boolean {
  const { ino } = fstatSync(marksFile())
  return readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .some(line => line.split(/\s+/)[4] === String(ino))
}

/** Begins one call after the other, as fast as it can or with pauses, and notes which it was allowed to. */
const RUNNER = `
const { workerData: { url, file, slot, allowed, pauses, stop } } = require('node:worker_threads')
import(url).then(({ MarkWriter }) => {
  const writer = new MarkWriter(file, slot)
  const seen = new Uint8Array(allowed)
  const over = new Int32Array(stop)
  for (let call = 0; call < seen.length && Atomics.load(over, 0) === 0; call++) {
    seen[call] = writer.begin(call, 0) ? 1 : 2
    if (pauses && Math.random() < 0.01) for (const end = performance.now() + Math.random() * 0.8; performance.now() < end; );
    // Slow enough that it does not run out of calls.
    if (!pauses) for (const end = performance.now() + 0.002; performance.now() < end; );
  }
})
`

for (const pauses of [false, true]) {
  const how = pauses ? 'with pauses' : 'without a pause'
  test(`no call is begun that was taken back, while the other side begins them ${how}`, LIMIT, async () => {
    const slot = takeSlot()
    const allowed = new SharedArrayBuffer(2_000_000)
    const stop = new SharedArrayBuffer(4)
    const url = new URL('../../src/link/marks.js', import.meta.url).href
    const runner = new Worker(RUNNER, {
      eval: true,
      workerData: { url, file: marksFile(), slot, allowed, pauses, stop },
    })
    const seen = new Uint8Array(allowed)
    const taken: { begun: number; upTo: number }[] = []
    while (readMark(slot).call < 0) await sleep(1)
    let limit = 0
    for (let round = 0; round < 150; round++) {
      limit = Math.max(limit, readMark(slot).call + Math.floor(Math.random() * 2000))
      await takeMarksBack(slot, limit)
      taken.push({ begun: readMark(slot).call, upTo: limit })
      await sleep(Math.random() * 2)
    }
    Atomics.store(new Int32Array(stop), 0, 1)
    await new Promise(resolve => runner.once('exit', resolve))
    let kept = 0
    for (const { begun, upTo } of taken) {
      for (let call = begun + 1; call < upTo; call++) {
        assert.notEqual(seen[call], 1, `call ${call} was begun, though only ${begun} of ${upTo} had been`)
        if (seen[call] === 2) kept++
      }
    }
    assert.ok(kept > 0, 'something was taken back before it had begun')
  })
}

test('a rehearsal that is late leaves the marks of calls as they are', LIMIT, async () => {
  const slot = takeSlot()
  const writer = new MarkWriter(marksFile(), slot)
  assert.equal(writer.isFresh, true)
  writer.begin(-1, 1)
  assert.equal(writer.isFresh, true)
  writer.begin(0, 2)
  assert.equal(writer.isFresh, false)
  const board = new Board()
  const { port1 } = new MessageChannel()
  const thread = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
    import(workerData.link).then(({ ThreadProgramLink }) => {
      const link = new ThreadProgramLink()
      const rehearsal = link.rehearsal()
      parentPort.postMessage([rehearsal.begin(0, 1), link.begin(5, 2), rehearsal.begin(1, 3)])
      process.exit()
    })`,
    {
      eval: true,
      workerData: {
        link: new URL('../../src/link/thread-child.js', import.meta.url).href,
        board: board.buffer,
        port: port1,
        tree: undefined,
        undisturbed: undisturbedWords(),
      },
      transferList: [port1],
    },
  )
  const [said] = await once(thread, 'message')
  assert.deepEqual(said, [true, true, false])
  assert.deepEqual(board.progress(), { call: 5, item: 0, since: 2 })
})

import assert from 'node:assert/strict'
import { afterEach, suite, test } from 'node:test'
import { JoinableQueue, Queue } from 'manycore'
import { allocateCell, type Cell, createSegment } from '../../src/memory/index.ts'
import { eachKind, nothingLeft } from '../support/index.ts'
import { code, LIMIT } from '../worker/support.ts'
import {
  FRONT,
  Joining,
  type Message,
  Ring,
  RING_WORDS,
  RingReader,
  RingWriter,
  SegmentMemory,
  SUCCESS,
  Takers,
} from './parts.ts'

eachKind(({ Worker }) => {
  afterEach(() => nothingLeft())

  test('what another thread says to be done is not held against the one that took it', LIMIT, async () => {
    const queue = new JoinableQueue<string>()
    const [taken, hold] = [new Queue<string>(), new Queue<number>()]
    for (const value of ['a', 'b', 'c']) await queue.put(value)
    const pass = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) await taken.put(await queue.get())
      await hold.get()
    }
    const worker = new Worker({ target: pass }).start()
    for (const value of ['a', 'b', 'c']) {
      assert.equal(await taken.get(), value)
      queue.taskDone()
    }
    assert.equal(await queue.join({ timeout: 5000 }), true)
    await queue.put('d')
    assert.equal(await queue.get(), 'd')
    await hold.put(1)
    await worker.join()
    assert.equal(await queue.join({ timeout: 100 }), false)
    queue.taskDone()
    assert.equal(await queue.join({ timeout: 5000 }), true)
    assert.throws(() => queue.taskDone(), code('TASK_DONE_TOO_OFTEN'))
  })

  test('what is left of it with one that ends is told', LIMIT, async () => {
    const queue = new JoinableQueue<number>()
    const [taken, hold] = [new Queue<number>(), new Queue<number>()]
    for (const value of [1, 2, 3]) await queue.put(value)
    const pass = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) await taken.put(await queue.get())
      await hold.get()
    }
    const worker = new Worker({ target: pass }).start()
    for (let i = 0; i < 3; i++) await taken.get()
    queue.taskDone()
    await hold.put(1)
    await worker.join()
    const lost = queue.join({ timeout: 5000 })
    await assert.rejects(lost, (error: { code?: unknown; count?: unknown }) => {
      assert.deepEqual([error.code, error.count], ['TASKS_ABANDONED', 2])
      return true
    })
  })
})

suite('the table of those who take', () => {
  const ROWS = 4
  const NOTHING: Message = { tag: 0, aux: 0, bytes: Buffer.alloc(0), start: 0, length: 0 }

  /** One object after another for the same queue, as it arrives in this thread again and again. */
  function arrivals(table: Cell): () => { joining: Joining; take(): void } {
    const cell = allocateCell(RING_WORDS)
    const memory = new SegmentMemory(createSegment(FRONT + 4096))
    Ring.init(cell.cells, memory, 4096, 0)
    return () => {
      const takers = new Takers(table.cells, table.seats, ROWS)
      const ring = new Ring(cell.cells, cell.seats, memory, { growth: 'always', name: 'the ring' }, takers)
      const [writer, reader] = [new RingWriter(ring), new RingReader(ring)]
      const take = (): void => {
        assert.equal(writer.begin(NOTHING), SUCCESS)
        writer.commit(NOTHING)
        assert.equal(reader.begin(), SUCCESS)
        reader.commit()
      }
      return { joining: new Joining(ring, takers), take }
    }
  }

  test('has one row for a thread, however often the queue arrives there', LIMIT, async () => {
    const table = allocateCell(16)
    const arrive = arrivals(table)
    const all = Array.from({ length: 3 * ROWS }, arrive)
    for (const { take } of all) take()
    const { cells, seats } = table
    assert.deepEqual([cells.load(0), cells.load(3)], [seats.me, 0])
    const last = arrive()
    for (const _ of all) last.joining.taskDone()
    assert.equal(cells.load(1), cells.load(2))
    assert.equal(await last.joining.join({ timeout: 0 }), true)
    assert.throws(() => last.joining.taskDone(), code('TASK_DONE_TOO_OFTEN'))
  })
})

import assert from 'node:assert/strict'
import { afterEach, suite, test } from 'node:test'
import fc from 'fast-check'
import { LifoQueue, Pipe, PriorityQueue, Process, Queue } from 'manycore'
import { BUFFER } from '../../src/channel/tags.ts'
import { eachKind, nothingLeft, tempDir } from '../support/index.ts'
import { code, LIMIT } from '../worker/support.ts'
import { makeRing } from './make-ring.ts'
import {
  type Choice,
  MOVING,
  MOVING_HEAD,
  MOVING_ORDINAL,
  MOVING_TAIL,
  Newest,
  NOT_NOW,
  type Ring,
  RingReader,
  RingWriter,
  Smallest,
  SUCCESS,
  TAIL,
} from './parts.ts'

const FIRST = 256

/** A ring with gaps in little memory. Its messages are a number of so many bytes. */
class Gapped {
  readonly ring: Ring
  readonly #writer: RingWriter
  readonly #reader: RingReader

  constructor(choice: Choice, largest: number, maxsize = 0) {
    this.ring = makeRing(FIRST, largest, maxsize, true)
    this.#writer = new RingWriter(this.ring)
    this.#reader = new RingReader(this.ring, choice)
  }

  put(value: number, size = 4): boolean {
    const bytes = Buffer.alloc(size, value)
    bytes.writeInt32LE(value)
    const message = { tag: BUFFER, aux: 0, bytes, start: 0, length: size }
    if (this.#writer.begin(message) !== SUCCESS) return false
    this.#writer.write(message, 0, size)
    this.#writer.commit(message)
    return true
  }

  take(): number | undefined {
    const result = this.#reader.begin()
    if (result === NOT_NOW) return undefined
    assert.equal(result, SUCCESS)
    const { bytes, start } = this.#reader.whole()
    const value = bytes.readInt32LE(start)
    const { length } = this.#reader.header
    assert.ok(bytes.subarray(start + 4, start + length).every(byte => byte === (value & 0xff)))
    this.#reader.commit()
    return value
  }
}

const newest = (): Choice => new Newest()
const smallest = (): Choice => new Smallest((a: Buffer, b: Buffer) => a.readInt32LE() - b.readInt32LE())

suite('a ring with gaps', () => {
  for (const [name, choice, pick] of [
    ['the newest first', newest, (values: readonly number[]) => values.length - 1],
    ['the smallest first', smallest, (values: readonly number[]) => values.indexOf(Math.min(...values))],
  ] as const) {
    test(`${name}: in the right order, whatever is copied or moved`, LIMIT, () => {
      const step = fc.oneof(
        { weight: 5, arbitrary: fc.tuple(fc.nat(1000), fc.integer({ min: 4, max: 2000 })) },
        { weight: 4, arbitrary: fc.constant(undefined) },
      )
      const property = fc.property(
        fc.array(step, { minLength: 100, maxLength: 1000, size: 'max' }),
        steps => {
          const real = new Gapped(choice(), 2 ** 20)
          const model: number[] = []
          for (const put of steps) {
            if (put) {
              assert.ok(real.put(...put))
              model.push(put[0])
            } else assert.equal(real.take(), model.splice(pick(model), 1)[0])
            assert.equal(real.ring.count(), model.length)
            assert.equal(real.ring.isEmpty, model.length === 0)
          }
        },
      )
      fc.assert(property, { numRuns: 60 })
    })

    test(`${name}: one that stays keeps no memory of the others`, LIMIT, () => {
      const real = new Gapped(choice(), 2 ** 18)
      for (let i = 0; i < 10; i++) assert.ok(real.put(10_000, 1000))
      for (let i = 0; i < 2000; i++) {
        assert.ok(real.put(i, 10_000), `after ${i}`)
        assert.ok(real.put(10_000 + i, 100), `after ${i}`)
        assert.notEqual(real.take(), undefined)
        assert.notEqual(real.take(), undefined)
        assert.equal(real.ring.count(), 10)
      }
    })
  }

  test('a move that somebody who died has begun is finished by whoever comes next', LIMIT, () => {
    for (const next of ['put', 'take'] as const) {
      const real = new Gapped(newest(), 2 ** 16)
      for (const value of [1, 2, 3]) real.put(value)
      const { cells, memory } = real.ring
      // As if 3 had been taken: the tail goes to where it began.
      const tail = (cells.load(TAIL) - 2) | 0
      cells.store(MOVING_HEAD, 0)
      cells.store(MOVING_TAIL, tail)
      cells.store(MOVING_ORDINAL, memory.ordinal(cells.load(TAIL), real.ring.load()))
      cells.store(MOVING, 1)
      if (next === 'put') real.put(4)
      assert.equal(real.take(), next === 'put' ? 4 : 2)
      assert.equal(cells.load(MOVING), 0)
      assert.equal(real.take(), next === 'put' ? 2 : 1)
    }
  })

  test('a queue of some size never holds more', LIMIT, () => {
    const real = new Gapped(newest(), 2 ** 16, 3)
    for (const value of [1, 2, 3]) assert.ok(real.put(value))
    for (let value = 4; value < 200; value++) {
      assert.equal(real.put(value), false)
      assert.equal(real.take(), value - 1)
      assert.ok(real.put(value))
    }
    assert.deepEqual([real.take(), real.take(), real.take(), real.take()], [199, 2, 1, undefined])
  })
})

test('what stays in a queue makes the others no slower', LIMIT, async () => {
  for (const queue of [new LifoQueue<number>(), new PriorityQueue<number>()]) {
    await queue.put(1e9)
    for (let i = 0; i < 100_000; i++) {
      queue.putNowait(i)
      assert.equal(queue.getNowait(), i)
    }
    assert.deepEqual([queue.qsize(), await queue.get()], [1, 1e9])
  }
})

eachKind(({ Worker }) => {
  afterEach(() => nothingLeft())

  test('instances whose module is not loaded there are compared all the same', LIMIT, async () => {
    const folder = tempDir()
    folder.write('job.mjs', 'export class Job { constructor(p) { this.p = p } }')
    const { Job } = (await import(`file://${folder.path}/job.mjs`)) as {
      Job: new (p: number) => { readonly p: number }
    }
    for (const timeout of [5000, 0]) {
      const queue = new PriorityQueue<{ readonly p: number }>({ compare: (a, b) => a.p - b.p })
      for (const p of [5, 3, 1, 4, 2]) await queue.put(new Job(p))
      const take = async (): Promise<number[]> => {
        const got: number[] = []
        for (let i = 0; i < 5; i++) got.push((await queue.get({ timeout })).p)
        return got
      }
      const worker = new Worker({ target: take }).start()
      assert.deepEqual(await worker.result(), [1, 2, 3, 4, 5])
      await worker.join()
    }
    folder.remove()
  })

  test("getNowait doesn't guess: it is refused until the module is there", LIMIT, async () => {
    const folder = tempDir()
    folder.write('job.mjs', 'export class Job { constructor(p) { this.p = p } }')
    const { Job } = (await import(`file://${folder.path}/job.mjs`)) as { Job: new (p: number) => object }
    const queue = new PriorityQueue<readonly [number, object]>()
    for (const p of [2, 1]) await queue.put([p, new Job(p)])
    const take = async (): Promise<unknown[]> => {
      const first = ((): unknown => {
        try {
          return queue.getNowait()
        } catch (error) {
          return (error as { code?: unknown }).code
        }
      })()
      return [first, (await queue.get())[0], queue.getNowait()[0]]
    }
    const worker = new Worker({ target: take }).start()
    assert.deepEqual(await worker.result(), ['NEEDS_LOADING', 1, 2])
    await worker.join()
    folder.remove()
  })

  test('who passes over a connection does not hold it', LIMIT, async () => {
    const queue = new PriorityQueue<readonly [number, unknown]>()
    const [signal, hold] = [new Queue(), new Queue()]
    const [here, there] = Pipe()
    await queue.put([2, there])
    await queue.put([1, 'first'])
    const pass = async (): Promise<void> => {
      await signal.put(await queue.get())
      await hold.get()
    }
    const worker = new Worker({ target: pass }).start()
    assert.deepEqual(await signal.get(), [1, 'first'])
    const arrived = (await queue.get())[1] as typeof there
    await arrived.send('still open')
    assert.equal(await here.recv(), 'still open')
    arrived.close()
    there.close()
    await assert.rejects(here.recv({ timeout: 5000 }), code('END_OF_FILE'))
    await hold.put(undefined)
    await worker.join()
    here.close()
  })
})

test("what can't be made here comes first, with its reason, and is not in the way", LIMIT, async () => {
  const folder = tempDir()
  folder.write('job.mjs', 'export class Job { constructor(p) { this.p = p } }')
  const queue = new PriorityQueue<readonly [number, unknown]>()
  const put = async (url: string): Promise<void> => {
    const { Job } = (await import(url)) as { Job: new (p: number) => object }
    await queue.put([2, new Job(2)])
  }
  const worker = new Process({ target: put, args: [`file://${folder.path}/job.mjs`] }).start()
  await worker.join()
  folder.remove()
  await queue.put([1, 'sound'])
  await assert.rejects(queue.get({ timeout: 5000 }))
  assert.deepEqual(await queue.get({ timeout: 5000 }), [1, 'sound'])
  assert.equal(queue.empty(), true)
})

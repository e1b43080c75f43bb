import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pipe, Queue, RawArray, RawValue, share, SharedArray, Value } from 'manycore'
import { deadline, eachKind, noNativeCode, nothingLeft, runProgram, startProgram } from '../support/index.ts'

/*
 * Shared things whose holders die, and what is left behind.
 */

const limit = { timeout: 60_000 }
const mapped = { ...limit, skip: noNativeCode() }

eachKind(kind => {
  test('a holder that is killed takes nothing with it', mapped, async () => {
    const value = new Value('i', 1)
    const array = new SharedArray('d', [1, 2, 3])
    const holder = new kind.Worker({
      target: (number: Value<'i'>, list: Float64Array) => {
        number.value = 2
        list[0] = 10
        process.stdout.write('')
        for (;;) number.atomic.add(1)
      },
      args: [value, array],
    })
    holder.start()
    while (value.atomic.load() < 3) await new Promise(resolve => setImmediate(resolve))
    holder.kill()
    await deadline(holder.join(), 10_000, 'the end of the holder')
    const seen = value.value
    assert.equal(array[0], 10)
    assert.equal(value.atomic.add(1), seen)
    await nothingLeft()
  })

  test('what a dead worker made lives on in those that have it', mapped, async () => {
    const maker = new kind.Worker({
      target: () => ({ value: new Value('i', 7), array: new SharedArray('i', [1, 2]) }),
    })
    maker.start()
    const { value, array } = (await maker.result()) as { value: Value<'i'>; array: Int32Array }
    await maker.join()
    assert.equal(value.value, 7)
    await value.getLock().run(() => (value.value += 1))
    array[1] = 9
    const reader = new kind.Worker({
      target: (given: Value<'i'>, list: Int32Array) => [given.value, list[1]],
      args: [value, array],
    })
    reader.start()
    assert.deepEqual(await reader.result(), [8, 9])
  })

  test('a grandchild has the same memory', mapped, async () => {
    const hits = new RawValue('i')
    const Worker = kind.Worker
    const child = new Worker({
      target: async () => {
        hits.atomic.add(1)
        const grandchild = new Worker({ target: () => hits.atomic.add(10) })
        grandchild.start()
        await grandchild.join()
      },
    })
    child.start()
    await child.result()
    assert.equal(hits.value, 11)
  })

  test('a pool that runs already gets what is made later', mapped, async () => {
    const pool = new kind.Pool(2)
    await pool.map(n => n, [1, 2])
    const sum = new Value('q')
    const list = new SharedArray('i', 100)
    await pool.map(i => void (sum.atomic.add(i), (list[i] = i)), Array(100).keys())
    await pool.terminate()
    assert.equal(sum.value, 4950n)
    assert.deepEqual([...list], [...Array(100).keys()])
  })

  test('share: decoded once in each worker, binary data not copied', mapped, async () => {
    const shared = share({ names: ['a', 'b'], big: new Float64Array(200_000).fill(3) })
    const pool = new kind.Pool(1)
    const look = () => {
      const value = shared.get()
      const again = shared.get() === value
      return [
        again,
        value.big.buffer instanceof SharedArrayBuffer,
        value.big[7],
        Object.isFrozen(value.names),
      ]
    }
    assert.deepEqual(await pool.apply(look), [true, true, 3, true])
    const first = () =>
      (globalThis as { seen?: unknown }).seen === ((globalThis as { seen?: unknown }).seen = shared.get())
    assert.deepEqual([await pool.apply(first), await pool.apply(first)], [false, true])
    await pool.terminate()
    shared.close()
  })

  test('through a queue and a pipe they arrive as the same memory', mapped, async () => {
    const queue = new Queue()
    const [here, there] = Pipe()
    const value = new Value('i', 1)
    const array = new SharedArray('d', [1, 2, 3])
    const worker = new kind.Worker({
      target: async (from: typeof queue, end: typeof there) => {
        const [number, list] = (await from.get()) as [Value<'i'>, Float64Array]
        number.value += 1
        list[0] = 10
        await end.send({ number, part: list.subarray(1) })
        const { numbers } = (await end.recv()) as { numbers: Int32Array }
        numbers[0] = 5
        await end.send('done')
      },
      args: [queue, there],
    })
    worker.start()
    await queue.put([value, array])
    const { number, part } = (await here.recv()) as { number: Value<'i'>; part: Float64Array }
    assert.equal(number, value)
    assert.deepEqual([value.value, array[0]], [2, 10])
    part[0] = 20
    assert.equal(array[1], 20)
    const numbers = new RawArray('i', 2)
    await here.send({ numbers })
    assert.equal(await here.recv(), 'done')
    assert.equal(numbers[0], 5)
    await worker.result()
  })

  test('a closed shared value is refused at the call', limit, async () => {
    const shared = share([1])
    shared.close()
    const pool = new kind.Pool(1)
    await assert.rejects(
      pool.apply((given: typeof shared) => given.get(), [shared]),
      { code: 'SHARED_CLOSED' },
    )
    await pool.terminate()
  })
})

const PROGRAM = `
  import { Process, SharedArray, share, Value } from 'manycore'
  const value = new Value('i'), array = new SharedArray('d', 100_000), big = share(new Float64Array(100_000))
  const child = new Process({ target: async () => {
    value.value = array.length + big.get().length
    await new Promise(resolve => setTimeout(resolve, 60_000))
  } })
  child.start()
  while (value.value === 0) await new Promise(resolve => setImmediate(resolve))
  console.log('ready', child.pid)
`

test('a program that is killed leaves nothing behind', mapped, async () => {
  const program = startProgram(PROGRAM)
  await program.line(/ready/)
  process.kill(program.pid, 'SIGKILL')
  const { left } = await program.done
  assert.deepEqual(left, [])
})

test('a program ends though it holds shared things, and says nothing', limit, async () => {
  const { code, stdout, stderr, left } = await runProgram(`
    import { SharedArray, share, Value } from 'manycore'
    globalThis.kept = [new Value('i'), new SharedArray('d', 10), share([1, 2])]
    console.log(kept[2].get().length)
  `)
  assert.deepEqual({ code, stdout, stderr, left }, { code: 0, stdout: '2\n', stderr: '', left: [] })
})

test(
  'where memory is mapped beside the heap, arrays and their parts are shared all the same',
  mapped,
  async () => {
    const { code, stdout, stderr } = await runProgram(
      `
    import { Process, RawArray, SharedArray, struct, Thread } from 'manycore'
    const raw = new RawArray('d', [1, 2, 3])
    const array = new SharedArray(struct({ x: 'i' }), 2)
    for (const Worker of [Thread, Process]) {
      const worker = new Worker({ target: (part, records) => { part[0] += 1; records[1].x += 1 }, args: [raw.subarray(2), array] })
      worker.start()
      await worker.result()
    }
    console.log(raw[2], array[1].x)
  `,
      { env: { MANYCORE_MEMORY: 'view' } },
    )
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '5 2\n', stderr: '' })
  },
)

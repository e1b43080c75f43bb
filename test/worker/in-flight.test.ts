import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Portable } from '../../src/capture/index.ts'
import type { WorkerLink } from '../../src/link/index.ts'
import type { Boot } from '../../src/wire/index.ts'
import type { Call } from '../../src/worker/call.ts'
import { InFlight } from '../../src/worker/in-flight.ts'
import { Worker, type WorkerUser } from '../../src/worker/worker.ts'

const LIMIT = { timeout: 30_000 }

suite('calls in flight', () => {
  // Numbers are 32-bit and go round.
  for (const first of [0, 2 ** 31 - 500]) {
    test(`from ${first} on are found by number and by call, the old ones too`, LIMIT, () => {
      const calls = new InFlight<Call>(first)
      const old = [call(), call(), call()]
      for (const one of old) calls.add(one)
      for (let n = 0; n < 5000; n++) {
        const quick = call()
        calls.add(quick)
        assert.equal(calls.take(quick.number as number), quick)
        assert.equal(calls.numberOf(quick), undefined)
      }
      const last = call()
      calls.add(last)
      const [a, b, c] = old as [Call, Call, Call]
      assert.deepEqual(
        [...calls].map(([number]) => number),
        [first, first + 1, first + 2, (first + 5003) | 0],
      )
      assert.deepEqual([...calls.after(first + 1)], [[first + 2, c], ...[...calls].slice(3)])
      assert.equal(calls.get(first), a)
      assert.equal(calls.take(first + 1), b)
      assert.equal(calls.take(first + 1), undefined)
      assert.equal(calls.numberOf(c), first + 2)
      assert.equal(calls.numberOf(b), undefined)
      assert.equal([...calls].length, 3)
      calls.clear()
      assert.deepEqual([[...calls], [...calls].length, calls.get(first)], [[], 0, undefined])
    })
  }

  test('take no more room because one of them never ends', LIMIT, () => {
    const calls = new InFlight<Call>()
    calls.add(call())
    const { heapUsed: before } = process.memoryUsage()
    const quick = call()
    for (let n = 0; n < 4_000_000; n++) {
      calls.add(quick)
      calls.take(quick.number as number)
    }
    assert.ok(process.memoryUsage().heapUsed - before < 8e6)
    assert.equal([...calls].length, 1)
  })

  test('are asked back once, however often that is wanted', LIMIT, async () => {
    let asked = 0
    const link = {
      listen() {},
      send() {},
      takeBack: () => {
        asked++
        return Promise.resolve(0)
      },
    } as unknown as WorkerLink
    const returned: Call[] = []
    const user = { returned: (one: Call) => returned.push(one) } as unknown as WorkerUser<Call>
    const worker = new Worker<Call>(link, { name: 'w' } as Boot, user)
    const [a, b, c] = [call(), call(), call()]
    worker.send([a, b])
    await Promise.all([worker.takeBack(), worker.takeBack()])
    await worker.takeBack()
    assert.deepEqual([asked, returned], [1, [b]])
    worker.send([c])
    await worker.takeBack()
    assert.deepEqual([asked, returned], [2, [b, c]])
  })
})

function call(): Call {
  return { fn: { hash: '', graph: {} } as Portable, mode: 0, payload: [1], transfer: undefined }
}

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { runAhead } from '../../../cli/map/run-ahead.ts'

const never = new AbortController().signal

async function* count(to: number): AsyncGenerator<number> {
  for (let i = 0; i < to; i++) yield i
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Promises that the test settles itself. */
function gates(): { work: (item: number) => Promise<number>; open: (item: number) => void; begun: number[] } {
  const begun: number[] = []
  const opens = new Map<number, () => void>()
  return {
    begun,
    work: item => {
      begun.push(item)
      return new Promise(resolve => opens.set(item, () => resolve(item)))
    },
    open: item => opens.get(item)?.(),
  }
}

async function turns(n = 5): Promise<void> {
  for (let i = 0; i < n; i++) await turn()
}

describe('runAhead', { timeout: 20_000 }, () => {
  it('gives every result once, in order when asked, whatever order the work ends in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(4), { maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        fc.boolean(),
        async (delays, limit, ordered) => {
          let running = 0
          const work = async (item: number): Promise<number> => {
            assert.ok(++running <= limit, 'more begun than the limit')
            await turns(delays[item])
            running--
            return item
          }
          const results = await collect(
            runAhead(count(delays.length), work, { limit: () => limit, ordered, signal: never }),
          )
          if (!ordered) results.sort((a, b) => a - b)
          assert.deepEqual(results, await collect(count(delays.length)))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('reads no further than the limit while nobody takes results', async () => {
    let read = 0
    async function* endless(): AsyncGenerator<number> {
      while (true) yield read++
    }
    const results = runAhead(endless(), async item => item, { limit: () => 8, ordered: true, signal: never })
    await results.next()
    await turns(20)
    assert.ok(read <= 10, `${read} were read`)
    await results.return(undefined)
  })

  it('hands out a result while the next input is still awaited', async () => {
    let release = (): void => {}
    async function* slow(): AsyncGenerator<number> {
      yield 1
      await new Promise<void>(resolve => {
        release = resolve
      })
      yield 2
    }
    const results = runAhead(slow(), async item => item, { limit: () => 4, ordered: true, signal: never })
    assert.deepEqual(await results.next(), { done: false, value: 1 })
    release()
    assert.deepEqual(await results.next(), { done: false, value: 2 })
    assert.equal((await results.next()).done, true)
  })

  it('unordered results pass a slow one', async () => {
    const { work, open } = gates()
    const results = runAhead(count(3), work, { limit: () => 3, ordered: false, signal: never })
    const first = results.next()
    await turns()
    open(2)
    assert.equal((await first).value, 2)
    open(0)
    assert.equal((await results.next()).value, 0)
    open(1)
    assert.equal((await results.next()).value, 1)
    assert.equal((await results.next()).done, true)
  })

  it('begins nothing after the signal, and still hands out what was begun', async () => {
    const stop = new AbortController()
    const { work, open, begun } = gates()
    const results = collect(
      runAhead(count(100), work, { limit: () => 3, ordered: true, signal: stop.signal }),
    )
    await turns()
    stop.abort()
    for (const item of begun) open(item)
    assert.deepEqual(await results, [0, 1, 2])
    assert.equal(begun.length, 3)
  })

  it('rejects with the error of the work, and with the error of the inputs after the results before it', async () => {
    const work = async (item: number): Promise<number> => {
      if (item === 2) throw new Error('two')
      return item
    }
    await assert.rejects(
      collect(runAhead(count(5), work, { limit: () => 2, ordered: true, signal: never })),
      /two/,
    )

    async function* broken(): AsyncGenerator<number> {
      yield 1
      throw new Error('no more')
    }
    const seen: number[] = []
    await assert.rejects(async () => {
      for await (const item of runAhead(broken(), async i => i, {
        limit: () => 2,
        ordered: true,
        signal: never,
      })) {
        seen.push(item)
      }
    }, /no more/)
    assert.deepEqual(seen, [1])
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pool, Process, ProcessPoolExecutor } from 'manycore'
import { code, LIMIT, stderrOf } from './support.ts'

/*
 * A result that is larger than what the socket takes at once has not left when the task is over. Whatever ends the
 * worker then must not cut it off.
 */
const SIZE = 3_000_000

test('the last result of a process that retires arrives in full', LIMIT, async () => {
  const pool = new Pool({ processes: 1, maxTasksPerChild: 1 })
  const texts = await pool.map((letter: string) => letter.repeat(3_000_000), ['é', 'ö', 'ü'], {
    chunksize: 1,
  })
  assert.deepEqual(
    texts.map(text => [text[0], text.length]),
    [
      ['é', SIZE],
      ['ö', SIZE],
      ['ü', SIZE],
    ],
  )
  pool.close()
  await pool.join()
})

test('a large error arrives though the process ends by it', LIMIT, async () => {
  await stderrOf(async () => {
    const child = new Process({
      target: () => {
        throw new RangeError('é'.repeat(3_000_000))
      },
    }).start()
    await assert.rejects(child.result(), (error: unknown) => {
      assert.ok(error instanceof RangeError)
      assert.equal(error.message.length, SIZE)
      return true
    })
    await child.join()
    assert.equal(child.exitCode, 1)
  })
})

test('a large error that no call threw arrives too', LIMIT, async () => {
  await stderrOf(async () => {
    const child = new Process({
      target: () => {
        setTimeout(() => {
          throw new RangeError('é'.repeat(3_000_000))
        })
        return new Promise(() => setInterval(() => {}, 1000))
      },
    }).start()
    await assert.rejects(child.result(), RangeError)
    await child.join()
    assert.equal(child.exitCode, 1)
  })
})

test('process.exit cuts off nothing that is done, however late the program reads it', LIMIT, async () => {
  const executor = new ProcessPoolExecutor({ maxWorkers: 1, concurrency: 3 })
  await executor.submit(() => 'ready')
  const sizes = [3_000_000, 1_000_000]
  const done = sizes.map(size =>
    executor.submit(async (n: number) => {
      await new Promise(resolve => setTimeout(resolve, 50))
      return 'é'.repeat(n)
    }, size),
  )
  const leaver = executor.submit(async () => {
    await new Promise(resolve => setTimeout(resolve, 100))
    process.exit(3)
  })
  // The program has other things to do until after that.
  await new Promise(resolve => setTimeout(resolve, 20))
  for (const end = performance.now() + 300; performance.now() < end; );
  await assert.rejects(leaver, code('WORKER_DIED'))
  for (const [i, text] of (await Promise.all(done)).entries()) assert.equal(text.length, sizes[i])
  await executor.shutdown()
})

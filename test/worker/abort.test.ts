import assert from 'node:assert/strict'
import { test } from 'node:test'
import { currentTask, wait } from 'manycore'
import { capture } from '../../src/capture/index.ts'
import type { ProgramLink } from '../../src/link/index.ts'
import { CALLS, CANCEL, DEFINE, RESULTS, RETURNED, SOLE, type ToProgram } from '../../src/wire/index.ts'
import { WorkerLoop } from '../../src/worker/loop.ts'
import { eachKind, tempDir } from '../support/index.ts'
import { LIMIT, stderrOf, written } from './support.ts'

eachKind(kind => {
  for (const concurrency of [1, 3]) {
    test(`an abort listener is code of its task, which may be one of ${concurrency}`, LIMIT, async () => {
      const executor = new kind.Executor({ maxWorkers: 1, concurrency })
      const path = `${tempDir().path}/answer`
      const future = executor.submit(async (file: string) => {
        const { writeFileSync } = await import('node:fs')
        const task = currentTask()
        await new Promise<void>(resolve => {
          task?.signal.addEventListener('abort', () => {
            writeFileSync(file, String(currentTask() === task))
            resolve()
          })
          task?.progress('listens')
        })
      }, path)
      await new Promise(resolve => future.onProgress(resolve))
      future.cancel()
      await wait([future])
      assert.equal(await written(path), 'true')
      assert.equal(executor.stats().deaths, 0)
      await executor.shutdown()
    })

    test(`what an abort listener throws ends no worker, with ${concurrency} at once`, LIMIT, async () => {
      const executor = new kind.Executor({ maxWorkers: 1, concurrency })
      const identify = kind.pick(
        async () => (await import('node:worker_threads')).threadId,
        async () => process.pid,
      )
      const before = await executor.submit(identify)
      const future = executor.submit(async () => {
        const { signal, progress } = currentTask() as NonNullable<ReturnType<typeof currentTask>>
        const ended = new Promise(resolve => signal.addEventListener('abort', resolve))
        signal.addEventListener('abort', () => {
          throw new RangeError('out of reach')
        })
        currentTask()?.progress(typeof progress)
        await ended
      })
      const beside =
        concurrency > 1
          ? executor.submit(() => new Promise(resolve => setTimeout(() => resolve('beside'), 200)))
          : undefined
      await new Promise(resolve => future.onProgress(resolve))
      const says = /a listener of a task's abort signal threw RangeError: out of reach/
      const printed = await stderrOf(async () => {
        future.cancel()
        await wait([future])
        assert.equal(await executor.submit(identify), before)
      }, says)
      if (beside) assert.equal(await beside, 'beside')
      assert.match(printed, says)
      assert.equal(executor.stats().deaths, 0)
      await executor.shutdown()
    })
  }
})

test('a call that was cancelled and taken back leaves nothing of itself', () => {
  const sent: ToProgram[] = []
  let takenBack = true
  const road: ProgramLink = {
    can: { transfer: true, share: true },
    clear: true,
    begin: () => !takenBack,
    beginItem() {},
    send: message => sent.push(message),
    onceClear: callback => void (resume = callback),
    listen() {},
    watch() {},
    ref() {},
    unref() {},
    rehearsal: () => road,
  }
  let resume = (): void => {}
  const loop = new WorkerLoop(
    road,
    { role: 'pool', concurrency: 1, concurrencyVaries: false, pulse: 0 },
    { closed() {}, interrupted() {} },
  )
  loop.handle([DEFINE, 0, [structuredClone(capture((n: number) => n, 'test', road.can).graph)]])
  // While the road is not clear a call waits, and can be cancelled.
  Object.assign(road, { clear: false })
  loop.handle([CALLS, 7, [0, SOLE, 1]])
  loop.handle([CANCEL, 7, 'no more'])
  Object.assign(road, { clear: true })
  resume()
  // The number comes again only when all numbers have gone round.
  takenBack = false
  loop.handle([CALLS, 7, [0, SOLE, 2]])
  const results = sent.filter(message => message[0] === RESULTS).flatMap(message => message[1] as unknown[])
  assert.deepEqual(results, [7, RETURNED, undefined, 7, 0, 2])
})

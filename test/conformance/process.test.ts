import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { afterEach, test } from 'node:test'
import {
  activeChildren,
  activeThreads,
  cpuCount,
  currentProcess,
  currentThread,
  parentProcess,
  Process,
  Thread,
} from 'manycore'
import { deadline, eachKind, nothingLeft, tempDir } from '../support/index.ts'
import { code, LIMIT, waitForEver, written } from '../worker/support.ts'

const { SIGTERM, SIGKILL, SIGINT } = constants.signals

eachKind(kind => {
  const { Worker } = kind
  const active = kind.pick(activeThreads, activeChildren) as () => readonly unknown[]
  const own = (): Process => kind.pick(currentThread, currentProcess)() as Process

  afterEach(() => nothingLeft())

  test(
    'C1 the own object is alive, no daemon, has a key, the pid of the system and no exit code',
    LIMIT,
    () => {
      const self = own()
      assert.equal(self.isAlive(), true)
      assert.equal(self.daemon, false)
      assert.ok(self.authkey instanceof Uint8Array && self.authkey.length > 0)
      assert.equal(self.pid, process.pid)
      assert.equal(self.exitCode, null)
    },
  )

  test('C3 arguments arrive unchanged, from an array or any other iterable', LIMIT, async () => {
    const args = [1, 'two', null, undefined, true, [1, [2, [3, ['four']]]], { five: 5n }]
    const echo = (...given: unknown[]): unknown[] => given
    const other = new Set(args)
    const fromArray = new Worker({ target: echo, args }).start()
    const fromSet = new Worker({ target: echo, args: other }).start()
    assert.deepEqual(await fromArray.result(), args)
    assert.deepEqual(await fromSet.result(), args)
    await Promise.all([fromArray.join(), fromSet.join()])
  })

  test('C4 a child is a daemon as its creator is, unless told otherwise', LIMIT, async () => {
    assert.equal(new Worker().daemon, own().daemon)
    assert.equal(new Worker({ daemon: true }).daemon, true)
    assert.equal(new Worker({ daemon: false }).daemon, false)
    const inherited = (): boolean[] => [new Worker().daemon, new Worker({ daemon: false }).daemon]
    const daemon = new Worker({ target: inherited, daemon: true }).start()
    const ordinary = new Worker({ target: inherited }).start()
    assert.deepEqual(await daemon.result(), [true, false])
    assert.deepEqual(await ordinary.result(), [false, false])
    await Promise.all([daemon.join(), ordinary.join()])
  })

  test('C7 it tells truly how it is doing before start, while running and after join', LIMIT, async () => {
    const target = (
      ...args: unknown[]
    ): { args: unknown[]; name: string; authkey: Uint8Array; pid: number | undefined } => {
      const { name, authkey, pid } = own()
      return { args, name, authkey, pid }
    }
    const worker = new Worker({ target, args: [1, 'a'], name: 'bob' })
    worker.authkey = 'secret'
    assert.equal(worker.isAlive(), false)
    assert.equal(active().includes(worker), false)
    assert.equal(worker.exitCode, null)
    assert.equal(worker.pid, undefined)

    worker.start()
    assert.equal(worker.isAlive(), true)
    assert.equal(active().includes(worker), true)
    assert.equal(worker.exitCode, null)
    assert.ok(Number(worker.pid) > 0)
    const seen = await worker.result()
    assert.deepEqual(seen.args, [1, 'a'])
    assert.equal(seen.name, 'bob')
    assert.equal(Buffer.from(seen.authkey).toString(), 'secret')
    assert.equal(seen.pid, worker.pid)
    assert.notDeepEqual(currentProcess().authkey, seen.authkey)

    assert.equal(await worker.join(), true)
    assert.equal(worker.isAlive(), false)
    assert.equal(active().includes(worker), false)
    assert.equal(worker.exitCode, 0)
  })

  test('C8 parent and child have different native identities', LIMIT, async () => {
    const worker = new Worker({
      target: async () => [process.pid, (await import('node:worker_threads')).threadId],
    }).start()
    const [pid, threadId] = (await worker.result()) as [number, number]
    if (kind.name === 'processes') assert.notEqual(pid, process.pid)
    else assert.notEqual(threadId, 0)
    await worker.join()
  })

  test(
    'C9 terminate gives minus SIGTERM; joins with no time return at once while it lives',
    LIMIT,
    async () => {
      const worker = new Worker({ target: waitForEver }).start()
      assert.equal(await worker.join({ timeout: 0 }), false)
      assert.equal(await worker.join({ timeout: -1 }), false)
      assert.equal(worker.isAlive(), true)
      worker.terminate()
      assert.equal(await deadline(worker.join(), 10_000, 'the end of a terminated worker'), true)
      assert.equal(worker.exitCode, -SIGTERM)
      assert.equal(worker.isAlive(), false)
      worker.terminate() // Once more does no harm.
    },
  )

  test('C9 terminate reaches a busy worker', LIMIT, async () => {
    const busy = (): void => {
      for (;;);
    }
    const worker = new Worker({ target: busy }).start()
    assert.equal(await worker.join({ timeout: 150 }), false)
    worker.terminate()
    await deadline(worker.join(), 10_000, 'the end of a busy worker')
    assert.equal(worker.exitCode, -SIGTERM)
  })

  test('C10 kill gives minus SIGKILL', LIMIT, async () => {
    const worker = new Worker({ target: waitForEver }).start()
    worker.kill()
    await deadline(worker.join(), 10_000, 'the end of a killed worker')
    assert.equal(worker.exitCode, -SIGKILL)
  })

  test('C11 without a handler an interrupted worker ends as by SIGINT', LIMIT, async () => {
    const worker = new Worker({ target: waitForEver }).start()
    await worker.join({ timeout: 300 })
    worker.interrupt()
    await deadline(worker.join(), 10_000, 'the end of an interrupted worker')
    assert.equal(worker.exitCode, -SIGINT)
    await assert.rejects(worker.result(), code('WORKER_DIED'))
  })

  test('C11 an interrupt directly after the start is not lost', LIMIT, async () => {
    const worker = new Worker({ target: waitForEver }).start()
    worker.interrupt()
    await deadline(worker.join(), 10_000, 'the end of an interrupted worker')
    assert.equal(worker.exitCode, -SIGINT)
  })

  test('C11 an interrupted worker leaves through its clean-up code', LIMIT, async () => {
    const folder = tempDir()
    const ready = folder.path + '/ready'
    const target = (): Promise<string> =>
      new Promise(resolve => {
        const awake = setInterval(() => {}, 1000)
        process.on('SIGINT', () => {
          clearInterval(awake)
          process.removeAllListeners('SIGINT')
          resolve('cleaned up')
        })
        writeFileSync(ready, 'yes')
      })
    const worker = new Worker({ target }).start()
    await written(ready)
    worker.interrupt()
    assert.equal(await deadline(worker.result(), 10_000, 'the clean-up'), 'cleaned up')
    await worker.join()
    assert.equal(worker.exitCode, 0)
  })

  test('C12 the count of processors is a whole number of at least one', LIMIT, async () => {
    const worker = new Worker({ target: cpuCount }).start()
    for (const count of [cpuCount(), await worker.result()]) {
      assert.ok(Number.isInteger(count) && count >= 1, String(count))
    }
    await worker.join()
  })

  test('C13 the list of active children follows start and join', LIMIT, async () => {
    const before = active().length
    const workers = [1, 2, 3].map(() => new Worker({ target: waitForEver, daemon: true }))
    assert.equal(active().length, before)
    for (const worker of workers) worker.start()
    assert.equal(active().length, before + 3)
    workers[1]?.terminate()
    await workers[1]?.join()
    assert.deepEqual(active().slice(before), [workers[0], workers[2]])
    for (const worker of workers) worker.terminate()
    await Promise.all(workers.map(worker => worker.join()))
    assert.equal(active().length, before)
  })

  test('C14 children start children of their own, two levels deep, and report in order', LIMIT, async () => {
    const descend = async (id: number[]): Promise<number[][]> => {
      const reports = [id]
      if (id.length === 2) return reports
      for (let child = 0; child < 2; child++) {
        const next = new Worker({ target: descend, args: [[...id, child]] }).start()
        reports.push(...(await next.result()))
        await next.join()
      }
      return reports
    }
    assert.deepEqual(await descend([]), [[], [0], [0, 0], [0, 1], [1], [1, 0], [1, 1]])
  })

  test('C15 the sentinel says when it has ended', LIMIT, async () => {
    const worker = new Worker({ target: waitForEver })
    assert.throws(() => worker.sentinel, code('NOT_STARTED'))
    worker.start()
    let ended = false
    const watched = worker.sentinel.then(() => {
      ended = true
    })
    await worker.join({ timeout: 100 })
    assert.equal(ended, false)
    worker.terminate()
    await deadline(watched, 10_000, 'the sentinel')
    assert.equal(worker.isAlive(), false)
  })

  test('C16 close is refused while it runs, and what is called afterwards is refused', LIMIT, async () => {
    const worker = new Worker({ target: waitForEver, name: 'closing' }).start()
    assert.throws(() => worker.close(), code('STILL_RUNNING'))
    worker.terminate()
    await worker.join()
    worker.close()
    assert.throws(() => worker.isAlive(), code('WORKER_CLOSED'))
    assert.throws(() => worker.terminate(), code('WORKER_CLOSED'))
    assert.throws(() => worker.kill(), code('WORKER_CLOSED'))
    assert.throws(() => worker.pid, code('WORKER_CLOSED'))
    assert.throws(() => worker.exitCode, code('WORKER_CLOSED'))
    assert.throws(() => worker.sentinel, code('WORKER_CLOSED'))
    await assert.rejects(worker.join(), code('WORKER_CLOSED'))
    await assert.rejects(worker.result(), code('WORKER_CLOSED'))
    worker.close()
    assert.equal(worker.name, 'closing')
  })

  test(
    'C17 many children at once all end with 0; a crowd, terminated, ends with the signal',
    LIMIT,
    async () => {
      const crowd = Array.from({ length: 5 }, (_, i) =>
        new Worker({ target: (n: number) => n * n, args: [i] }).start(),
      )
      assert.deepEqual(await Promise.all(crowd.map(worker => worker.result())), [0, 1, 4, 9, 16])
      await Promise.all(crowd.map(worker => worker.join()))
      assert.deepEqual(
        crowd.map(worker => worker.exitCode),
        [0, 0, 0, 0, 0],
      )

      const second = Array.from({ length: 5 }, () => new Worker({ target: waitForEver }).start())
      for (const worker of second) worker.terminate()
      await Promise.all(second.map(worker => worker.join()))
      assert.deepEqual(new Set(second.map(worker => worker.exitCode)), new Set([-SIGTERM]))
    },
  )
})

test('C5 the root has no parent process; a child knows its pid and name', LIMIT, async () => {
  assert.equal(parentProcess(), null)
  const child = new Process({
    target: () => {
      const parent = parentProcess()
      return parent && { pid: parent.pid, name: parent.name, alive: parent.isAlive() }
    },
  }).start()
  assert.deepEqual(await child.result(), { pid: process.pid, name: 'MainProcess', alive: true })
  await child.join()
  await nothingLeft()
})

test("C5 a thread's parent process is that of its process", LIMIT, async () => {
  const thread = new Thread({ target: () => parentProcess() }).start()
  assert.equal(await thread.result(), null)
  await thread.join()
})

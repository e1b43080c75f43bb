import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { activeThreads, currentProcess, currentThread, mainThread, Process, Thread } from 'manycore'
import { deadline, eachKind, nothingLeft, runProgram } from '../support/index.ts'
import { code, LIMIT, stderrOf, waitForEver } from '../worker/support.ts'

afterEach(() => nothingLeft())

test("C231 a thread has the name given, or a default that holds the target's name", LIMIT, async () => {
  function work(): string {
    return currentThread().name
  }
  assert.equal(new Thread({ target: work, name: 'bob' }).name, 'bob')
  const [first, second] = [new Thread({ target: work }), new Thread({ target: work })]
  assert.match(first.name, /^Thread-\d+ \(work\)$/)
  assert.notEqual(first.name, second.name)
  assert.match(new Thread({ target: work, name: '' }).name, /^Thread-\d+ \(work\)$/)
  assert.match(new Thread({ target: () => 1 }).name, /^Thread-\d+( \(target\))?$/)
  assert.match(new Thread().name, /^Thread-\d+$/)
  first.name = 'renamed'
  assert.equal(await first.start().result(), 'renamed')
  await first.join()
})

test('C231 a process is called after its parent', LIMIT, async () => {
  const own = new Process({ target: () => new Process().name }).start()
  assert.match(own.name, /^Process-\d+$/)
  assert.equal(await own.result(), `${own.name}:1`)
  await own.join()
})

test(
  'C232 ten threads under a semaphore of three never run more than three; their state is told truly',
  LIMIT,
  async () => {
    const words = new Int32Array(new SharedArrayBuffer(12)) // free, running, most
    words[0] = 3
    const target = (shared: Int32Array): void => {
      for (;;) {
        const free = Atomics.load(shared, 0)
        if (free === 0) Atomics.wait(shared, 0, 0, 50)
        else if (Atomics.compareExchange(shared, 0, free, free - 1) === free) break
      }
      const running = Atomics.add(shared, 1, 1) + 1
      for (let most = Atomics.load(shared, 2); running > most; most = Atomics.load(shared, 2)) {
        if (Atomics.compareExchange(shared, 2, most, running) === most) break
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
      Atomics.sub(shared, 1, 1)
      Atomics.add(shared, 0, 1)
      Atomics.notify(shared, 0)
    }
    const threads = Array.from({ length: 10 }, () => new Thread({ target, args: [words] }))
    for (const thread of threads) {
      assert.equal(thread.id, undefined)
      assert.match(inspected(thread), /^<Thread name='.*' initial>$/)
      thread.start()
      assert.ok(Number(thread.id) > 0)
      assert.match(inspected(thread), / started>$/)
    }
    await Promise.all(threads.map(thread => thread.join()))
    for (const thread of threads) {
      assert.equal(thread.isAlive(), false)
      assert.match(inspected(thread), / stopped exitCode=0>$/)
    }
    const most = Number(words[2])
    assert.ok(most >= 1 && most <= 3, String(most))
  },
)

test('C233 sizes of the stack can be set, and wrong ones are refused', LIMIT, async () => {
  const depth = (): number => {
    let reached = 0
    const deeper = (): void => {
      reached++
      deeper()
    }
    try {
      deeper()
    } catch {
      return reached
    }
    return 0
  }
  const [small, large] = [1, 8].map(stackSizeMb =>
    new Thread({ target: depth, resourceLimits: { stackSizeMb } }).start(),
  ) as [Thread<[], number>, Thread<[], number>]
  assert.ok((await small.result()) < (await large.result()))
  await Promise.all([small.join(), large.join()])
  for (const stackSizeMb of [0, -4096, Number.NaN, '1']) {
    assert.throws(() => new Thread({ resourceLimits: { stackSizeMb } } as never), code('WRONG_OPTION'))
  }
  assert.throws(() => new Thread({ resourceLimits: { stack: 1 } } as never), code('WRONG_OPTION'))
})

test(
  'C234 ended threads are not listed; joins from several places and with limits are fine',
  LIMIT,
  async () => {
    const thread = new Thread({ target: waitForEver }).start()
    assert.deepEqual(activeThreads(), [currentThread(), thread])
    const joins = Array.from({ length: 5 }, () => thread.join())
    assert.equal(await thread.join({ timeout: 0 }), false)
    assert.equal(await thread.join({ timeout: 10 }), false)
    thread.terminate()
    assert.deepEqual(await deadline(Promise.all(joins), 10_000, 'the joins'), Array(5).fill(true))
    assert.deepEqual(activeThreads(), [currentThread()])
    assert.equal(await thread.join({ timeout: 0 }), true)
  },
)

test('C236 a thread can not join itself', LIMIT, async () => {
  await assert.rejects(currentThread().join(), code('JOIN_SELF'))
  const thread = new Thread({
    target: async () => [
      await currentThread()
        .join()
        .catch((error: { code: string }) => error.code),
      currentThread() === currentThread(),
      mainThread().name,
      currentThread().isAlive(),
    ],
  }).start()
  assert.deepEqual(await thread.result(), ['JOIN_SELF', true, 'MainThread', true])
  await thread.join()
  assert.equal(mainThread(), currentThread())
})

test('C231 a thread knows its own number, and that of the main thread', LIMIT, async () => {
  assert.equal(currentThread().id, 0)
  const other = new Thread({ target: waitForEver }).start()
  const thread = new Thread({
    target: (there: Thread) => [currentThread().id, mainThread().id, mainThread().isAlive(), there.id],
    args: [other as never],
  }).start()
  assert.deepEqual(await thread.result(), [thread.id, 0, true, other.id])
  other.terminate()
  await Promise.all([thread.join(), other.join()])
})

test('C236 the daemon flag of who runs is fixed, asked from within too', LIMIT, async () => {
  const target = (): string[] =>
    [currentThread(), mainThread(), currentProcess()].map(who => {
      try {
        who.daemon = true
        return 'changed'
      } catch (error) {
        return (error as { code: string }).code
      }
    })
  assert.deepEqual(target(), Array(3).fill('DAEMON_HAS_STARTED'))
  const thread = new Thread({ target }).start()
  assert.deepEqual(await thread.result(), Array(3).fill('DAEMON_HAS_STARTED'))
  await thread.join()
})

eachKind(kind => {
  const { Worker } = kind

  test(
    'C236 the daemon flag is fixed at start; a second start and joins before it are refused',
    LIMIT,
    async () => {
      const worker = new Worker({ target: waitForEver })
      worker.daemon = true
      await assert.rejects(worker.join(), code('NOT_STARTED'))
      await assert.rejects(worker.result(), code('NOT_STARTED'))
      for (const call of ['terminate', 'kill', 'interrupt'] as const) {
        assert.throws(() => worker[call](), code('NOT_STARTED'))
      }
      worker.start()
      assert.throws(() => {
        worker.daemon = false
      }, code('DAEMON_HAS_STARTED'))
      assert.throws(() => worker.start(), code('ALREADY_STARTED'))
      assert.equal(worker.daemon, true)
      worker.terminate()
      await worker.join()
      assert.throws(() => worker.start(), code('ALREADY_STARTED'))
      worker.close()
      assert.throws(() => worker.start(), code('WORKER_CLOSED'))
    },
  )

  test('C238 an error is printed with the name of its worker', LIMIT, async () => {
    const printed = await stderrOf(async () => {
      const worker = new Worker({
        target: () => {
          throw new RangeError('too far')
        },
        name: 'the walker',
      }).start()
      await assert.rejects(worker.result(), RangeError)
      await worker.join()
    })
    assert.match(printed, /^the walker.* ended by an error\nRangeError: too far/)
  })

  test('C246 values of a worker are private to it', LIMIT, async () => {
    const place = globalThis as { left?: unknown }
    place.left = 'here'
    const target = (value: string): unknown[] => {
      const own = globalThis as { left?: unknown }
      const before = own.left
      own.left = value
      return [before, own.left]
    }
    const workers = ['a', 'b'].map(value => new Worker({ target, args: [value] }).start())
    assert.deepEqual(await Promise.all(workers.map(worker => worker.result())), [
      [undefined, 'a'],
      [undefined, 'b'],
    ])
    assert.equal(place.left, 'here')
    delete place.left
    await Promise.all(workers.map(worker => worker.join()))
  })
})

test('C244 a thread can interrupt the main thread; a wrong signal is refused', LIMIT, async () => {
  const {
    stdout,
    stderr,
    code: exit,
  } = await runProgram(`
    import { Thread } from 'manycore'
    process.once('SIGINT', () => console.log('main interrupted'))
    const thread = new Thread({ target: () => {
      let refused
      try { process.kill(process.pid, 'SIGNOPE') } catch (error) { refused = error.code }
      process.kill(process.pid, 'SIGINT')
      return refused
    } }).start()
    console.log(await thread.result())
    await new Promise(resolve => setTimeout(resolve, 100))`)
  assert.deepEqual(stdout.trim().split('\n').sort(), ['ERR_UNKNOWN_SIGNAL', 'main interrupted'], stderr)
  assert.equal(exit, 0)
})

function inspected(worker: object): string {
  return (
    (worker as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')]?.call(worker) ?? ''
  )
}

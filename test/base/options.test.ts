import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  asCompleted,
  Barrier,
  BoundedSemaphore,
  Condition,
  connection,
  Event,
  Future,
  group,
  JoinableQueue,
  loadExport,
  Local,
  Lock,
  Pipe,
  Pool,
  Queue,
  RLock,
  Semaphore,
  setUncaughtHook,
  ShareableList,
  Thread,
  ThreadPool,
  ThreadPoolExecutor,
  Timer,
  transfer,
  wait,
} from 'manycore'

/*
 * What waits takes its limits in an object. Python's words for them (`acquire(False)`, `get(True, 5)`, `join(5)`), a
 * misspelt name and a wrong value are refused at once: nothing waits for ever that was not asked to.
 */

const anything = (value: unknown): never => value as never
const limit = { timeout: 20_000 }

type Refused = Error & { readonly code?: string }

async function refusalOf(call: () => unknown): Promise<Refused | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    return error as Refused
  }
}

const WRONG: readonly (readonly [options: unknown, code: string, says: RegExp])[] = [
  [
    5,
    'WRONG_OPTION',
    /options must be an object of timeout, .*such as \{ timeout: 5000 \} for five seconds, but got 5$/m,
  ],
  [false, 'WRONG_OPTION', /but got false/],
  [null, 'WRONG_OPTION', /but got null/],
  [{ timeOut: 5 }, 'UNKNOWN_OPTION', /has no option timeOut/],
  [{ timeout: '5' }, 'WRONG_OPTION', /timeout must be a number of milliseconds, but got the string '5'/],
  [{ timeout: Number.NaN }, 'WRONG_OPTION', /timeout must be a number/],
]
const WRONG_SIGNAL = [{ signal: 5 }, 'WRONG_OPTION', /signal must be an AbortSignal, but got 5/] as const

suite('limits that are none', () => {
  const never = new Future<number>()
  const thread = new Thread({ target: () => 1 })
  const [pool, closed] = [new ThreadPool(1), new ThreadPool(1)]
  const executor = new ThreadPoolExecutor({ maxWorkers: 1 })
  const [here, there] = Pipe()
  const timer = new Timer(60_000, () => {})
  const held = (): Lock => {
    const lock = new Lock()
    lock.tryAcquire()
    return lock
  }
  const WAITS: Readonly<Record<string, (options: never) => unknown>> = {
    'Lock.acquire': options => held().acquire(options),
    'Lock.run': options => held().run(() => {}, options),
    'RLock.acquire': options => new RLock().acquire(options),
    'RLock.run': options => new RLock().run(() => {}, options),
    'Semaphore.acquire': options => new Semaphore(0).acquire(options),
    'BoundedSemaphore.acquire': options => new BoundedSemaphore(1).acquire(options),
    'Event.wait': options => new Event().wait(options),
    'Condition.wait': options => new Condition().wait(options),
    'Condition.waitFor': options => new Condition().waitFor(() => true, options),
    'Barrier.wait': options => new Barrier(2).wait(options),
    'Queue.put': options => new Queue().put(1, options),
    'Queue.get': options => new Queue().get(options),
    'JoinableQueue.join': options => new JoinableQueue().join(options),
    'Connection.send': options => here.send(1, options),
    'Connection.recv': options => here.recv(options),
    'Connection.poll': options => here.poll(options),
    'Connection.sendBytes': options => here.sendBytes(new Uint8Array(1), options),
    'Connection.recvBytes': options => here.recvBytes(10, options),
    'connection.wait': options => connection.wait([here], options),
    'Future.result': options => never.result(options),
    'Future.exception': options => never.exception(options),
    wait: options => wait([never], options),
    asCompleted: options => asCompleted([never], options),
    group: options => group(executor, () => 1, options),
    'Thread.join': options => thread.join(options),
    'Thread.result': options => thread.result(options),
    'Timer.join': options => timer.join(options),
    'Pool.join': options => closed.join(options),
    'AsyncResult.get': options => pool.applyAsync(() => 1).get(options),
    'AsyncResult.wait': options => pool.applyAsync(() => 1).wait(options),
    'Imap.next': options => pool.imap(x => x, [1]).next(options),
  }
  const BLOCKING: Readonly<Record<string, (options: never) => unknown>> = {
    'Lock.acquireSync': options => held().acquireSync(options),
    'Semaphore.acquireSync': options => new Semaphore(0).acquireSync(options),
    'Event.waitSync': options => new Event().waitSync(options),
    'Condition.waitForSync': options => new Condition().waitForSync(() => true, options),
    'Condition.waitSync': options => new Condition().waitSync(options),
    'Barrier.waitSync': options => new Barrier(2).waitSync(options),
    'Queue.putSync': options => new Queue().putSync(1, options),
    'Queue.getSync': options => new Queue().getSync(options),
    'Connection.sendSync': options => there.sendSync(1, options),
    'Connection.recvSync': options => there.recvSync(options),
  }

  test('are refused wherever something waits', limit, async () => {
    thread.start()
    closed.close()
    for (const [name, call] of Object.entries(WAITS))
      for (const [options, code, says] of [...WRONG, WRONG_SIGNAL]) {
        const error = await refusalOf(() => call(anything(options)))
        assert.equal(error?.code, code, `${name} with ${String(options)}: ${error?.stack}`)
        assert.match(error.message, says)
      }
    await thread.join()
    await closed.join()
    await pool.terminate()
    timer.cancel()
    await executor.shutdown()
  })

  test('are refused wherever something blocks', limit, async () => {
    for (const [name, call] of Object.entries(BLOCKING))
      for (const [options, code, says] of WRONG) {
        const error = await refusalOf(() => call(anything(options)))
        assert.equal(error?.code, code, `${name} with ${String(options)}: ${error?.stack}`)
        assert.match(error.message, says)
      }
  })

  test('an option that is undefined is one that is not given', limit, async () => {
    const both = { timeout: undefined, signal: undefined }
    const queue = new Queue()
    await queue.put(1, both)
    assert.equal(await queue.get(both), 1)
    ;(await new Lock().acquire(both)).release()
  })
})

test('what is no function, or can not be read item by item, is refused as such', async () => {
  const wrong: Readonly<Record<string, () => unknown>> = {
    'new Local(5)': () => new Local(anything(5)),
    'setUncaughtHook(5)': () => setUncaughtHook(anything(5)),
    'new ShareableList(5)': () => new ShareableList(anything(5)),
    'new ShareableList(null)': () => new ShareableList(anything(null)),
    'connection.wait(5)': () => connection.wait(anything(5)),
  }
  for (const [name, make] of Object.entries(wrong))
    assert.match(String((await refusalOf(make))?.code), /^NOT_(A_FUNCTION|ITERABLE)$/, name)
})

test('what makes locks, pipes and groups refuses options that are none', async () => {
  const wrong: Readonly<Record<string, () => unknown>> = {
    'new Lock(5)': () => new Lock(anything(5)),
    'new Lock({ onOwnerDeath })': () => new Lock({ onOwnerDeath: anything('ignore') }),
    'new RLock({ title })': () => new RLock(anything({ title: 'mine' })),
    'new Semaphore(1, 2)': () => new Semaphore(1, anything(2)),
    'new Event(true)': () => new Event(anything(true)),
    'new Condition(lock, 5)': () => new Condition(new Lock(), anything(5)),
    'new Barrier(2, action)': () =>
      new Barrier(
        2,
        anything(() => {}),
      ),
    'Pipe(false)': () => Pipe(anything(false)),
    'Pipe({ duplex: 0 })': () => Pipe({ duplex: anything(0) }),
    'transfer(5, [])': () => transfer(anything(5), []),
    'transfer(value)': () => transfer(new Uint8Array(1), anything(undefined)),
    'group({}, body)': () => group(anything({}), () => 1),
    'connection.wait([5])': () => connection.wait(anything([5])),
    'loadExport(5)': () => loadExport(anything(5)),
    'new Pool(2, initializer)': () =>
      new Pool(
        2,
        anything(() => {}),
      ),
  }
  for (const [name, make] of Object.entries(wrong))
    assert.match(String((await refusalOf(make))?.code), /^(WRONG|UNKNOWN)_OPTION$/, name)
})

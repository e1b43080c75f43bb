import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import * as manycore from 'manycore'
import {
  asCompleted,
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  getContext,
  group,
  JoinableQueue,
  LifoQueue,
  Local,
  Lock,
  Pipe,
  PriorityQueue,
  Process,
  Queue,
  RawValue,
  RLock,
  Semaphore,
  share,
  ShareableList,
  SharedMemory,
  SimpleQueue,
  struct,
  Thread,
  ThreadPool,
  ThreadPoolExecutor,
  Timer,
  Value,
} from 'manycore'

/* What a thing looks like in a log: `${thing}` and `console.log(thing)` say the same, in one line. */

const LIMIT = { timeout: 30_000 }

function shows(thing: { toString(): string }, text: string | RegExp): void {
  if (typeof text === 'string') assert.equal(thing.toString(), text)
  else assert.match(thing.toString(), text)
  assert.equal(inspect(thing), thing.toString())
  // Also inside of something else, where console.log shows no more than that.
  assert.equal(inspect({ thing }), `{ thing: ${thing.toString()} }`)
}

test('locks and their kin', LIMIT, async () => {
  const lock = new Lock({ name: 'till' })
  shows(lock, '<Lock till unlocked>')
  const guard = await lock.acquire()
  shows(lock, '<Lock till locked>')
  shows(guard, '<Guard till>')
  guard.release()
  shows(guard, '<Guard released>')
  shows(new RLock({ name: 'r' }), '<RLock r unlocked>')
  shows(new Lock(), /^<Lock Lock-\d+ unlocked>$/)
  shows(new Semaphore(2, { name: 's' }), '<Semaphore s value=2>')
  shows(new BoundedSemaphore(2, { name: 's' }), '<BoundedSemaphore s value=2>')
  shows(new Condition(lock, { name: 'c' }), '<Condition c <Lock till unlocked> waiting=0>')
  const event = new Event({ name: 'ready' })
  shows(event, '<Event ready unset>')
  event.set()
  shows(event, '<Event ready set>')
  const barrier = new Barrier(3, { name: 'gate' })
  shows(barrier, '<Barrier gate waiting=0/3>')
  await barrier.abort()
  shows(barrier, '<Barrier gate broken>')
  const local = new Local(() => assert.fail('it is only looked at'))
  shows(local, '<Local unset>')
  local.run('Ada' as never, () => shows(local, '<Local set>'))
})

test('queues and pipes', LIMIT, async () => {
  const queue = new Queue<number>(2)
  queue.putNowait(1)
  shows(queue, '<Queue size=1 maxsize=2>')
  await queue.shutdown()
  shows(queue, '<Queue size=1 maxsize=2 shut down>')
  queue.close()
  shows(queue, '<Queue closed>')
  shows(new SimpleQueue(), '<SimpleQueue size=0>')
  shows(new JoinableQueue(), '<JoinableQueue size=0>')
  shows(new LifoQueue(), '<LifoQueue size=0>')
  shows(new PriorityQueue(), '<PriorityQueue size=0>')
  const [both, other] = Pipe()
  shows(both, '<Connection readable writable>')
  both.close()
  other.close()
  shows(both, '<Connection closed>')
  const [reads, writes] = Pipe({ duplex: false })
  shows(reads, '<Connection readable>')
  shows(writes, '<Connection writable>')
  reads.close()
  writes.close()
})

test('shared memory', LIMIT, () => {
  const Point = struct({ x: 'd', y: ['i', 2] })
  const Line = struct({ from: Point, name: ['c', 8] })
  shows(Line, '<Struct from: { x: float64, y: int32[2] }, name: char[8]>')
  shows(new Value('q', 3), '<Value int64 3n>')
  shows(new Value('c', 'x'), "<Value char 'x'>")
  shows(new RawValue(struct({ x: 'd' }), { x: 1.5 }), '<RawValue struct { x: 1.5 }>')
  shows(new Value('i', 3).atomic, '<Atomic int32 3>')
  const shared = share({ a: 1 })
  shows(shared, /^<Shared size=\d+>$/)
  shared.close()
  shows(shared, '<Shared closed>')
  using memory = new SharedMemory({ create: true, size: 10 })
  memory.unlink()
  // As in Python.
  shows(memory, `SharedMemory('${memory.name}', size=${memory.size})`)
  const list = new ShareableList([1, 'text'])
  list.shm.unlink()
  shows(list, `ShareableList('${list.shm.name}', length=2)`)
  list.shm.close()
})

test('workers, pools and what they give', LIMIT, async () => {
  shows(new Process({ name: 'clock' }), "<Process name='clock' initial>")
  shows(new Thread({ name: 'clock' }), "<Thread name='clock' initial>")
  shows(getContext('spawn'), '<Context spawn>')
  const timer = new Timer(500, () => 1)
  shows(timer, '<Timer 500 ms initial>')
  shows(timer.start(), '<Timer 500 ms started>')
  timer.cancel()
  shows(timer, '<Timer 500 ms cancelled>')
  const pool = new ThreadPool({ processes: 1, name: 'small' })
  shows(pool, '<ThreadPool small open workers=1 waiting=0 running=0>')
  const double = (n: number): number => n * 2
  const stream = pool.imap(double, [1, 2])
  shows(stream, '<Imap read=0 ready=0>')
  await stream.next()
  shows(stream, /^<Imap read=1 ready=[01]>$/)
  await stream.return()
  shows(stream, '<Imap read=1 ready=0 over>')
  await pool.terminate()
  const executor = new ThreadPoolExecutor({ maxWorkers: 1, name: 'few' })
  shows(executor, '<ThreadPoolExecutor few open workers=0 waiting=0 running=0>')
  const results = executor.map(double, [1])
  shows(results, '<MapResults read=0 ready=0>')
  await results.toArray()
  shows(results, '<MapResults read=1 ready=0 over>')
  const future = executor.submit(double, 1)
  const completed = asCompleted([future])
  shows(completed, '<CompletedFutures ready=0 open=1>')
  await completed.next()
  shows(completed, '<CompletedFutures ready=0 open=0>')
  shows(future, '<Future finished returned number>')
  await group(executor, async scope => {
    const first = scope.submit(double, 1)
    shows(scope, '<Group open running=1>')
    await first
    scope.cancel()
    shows(scope, '<Group cancelled running=0>')
  })
  await executor.shutdown()
})

test('every class that a program can have an object of has such a text', () => {
  // Typed arrays of the language itself, and what says all with its fields.
  const others = ['SharedArray', 'RawArray']
  const classes = Object.entries(manycore as Record<string, unknown>).filter(
    ([name, value]) =>
      typeof value === 'function' &&
      /^class\b/.test(Function.prototype.toString.call(value)) &&
      !(value.prototype instanceof Error) &&
      !others.includes(name),
  ) as [string, new () => object][]
  assert.ok(classes.length > 25, String(classes.length))
  for (const [name, { prototype }] of classes) {
    assert.notEqual(prototype.toString, Object.prototype.toString, name)
    assert.ok(Symbol.for('nodejs.util.inspect.custom') in prototype, name)
  }
})

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { inspect } from 'node:util'
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  JoinableQueue,
  LifoQueue,
  Lock,
  Pipe,
  PriorityQueue,
  Process,
  Queue,
  RawArray,
  Semaphore,
  ShareableList,
  SharedArray,
  SharedMemory,
  struct,
  Thread,
  Timer,
  Value,
  connection,
} from 'manycore'

/* Every call with a number: what is none, or none of those that it takes, is refused and named; nothing waits for ever instead. */

const LIMIT = { timeout: 30_000 }

/** What no call takes where a number belongs. */
const NEVER: readonly unknown[] = [Number.NaN, '5', null, {}, [], true, 2n]
const PART = 1.5
const NEGATIVE = -1

type Call = (value: never) => unknown

/** Refuses each of the values with this code, at the call or by its promise. */
async function refuses(call: Call, values: readonly unknown[], code: string): Promise<void> {
  for (const value of values) {
    const called = (async () => call(value as never))()
    const answer = await called.catch((error: unknown) => error)
    assert.equal(
      (answer as { code?: unknown } | undefined)?.code,
      code,
      `${String(call)} of ${inspect(value)}`,
    )
  }
}

const counts: readonly [Call, also: readonly unknown[]][] = [
  [(n: number) => new Queue(n), [PART, Infinity, 2 ** 31]],
  [(n: number) => new JoinableQueue(n), [PART, Infinity, 2 ** 31]],
  [(n: number) => new LifoQueue(n), [PART, Infinity, 2 ** 31]],
  [(n: number) => new PriorityQueue({ maxsize: n }), [PART, Infinity, 2 ** 31]],
  [(n: number) => new Semaphore(n), [PART, NEGATIVE, Infinity, 2 ** 31]],
  [(n: number) => new BoundedSemaphore(n), [PART, NEGATIVE, Infinity, 2 ** 31]],
  [(n: number) => new Semaphore(0).release(n), [PART, NEGATIVE, 0, Infinity, 2 ** 53]],
  [(n: number) => new Barrier(n), [PART, NEGATIVE, 0, Infinity, 2 ** 31]],
  [(n: number) => withCondition(condition => condition.notify(n)), [PART, NEGATIVE, Infinity, 2 ** 53]],
  [(n: number) => new SharedMemory({ create: true, size: n }), [PART, NEGATIVE, 0, Infinity, 2 ** 53]],
  [(n: number) => struct({ x: ['d', n] }), [PART, NEGATIVE, 0, Infinity, 2 ** 53]],
]

/** A text or a list would be the values there. */
const LENGTHS = [Number.NaN, null, {}, true, 2n, PART, NEGATIVE, Infinity, 2 ** 53]
const lengths: readonly Call[] = [
  (n: number) => new SharedArray('i', n),
  (n: number) => new RawArray('c', n),
  (n: number) => new SharedArray(struct({ x: 'd' }), n),
]

const bytes: readonly [Call, also: readonly unknown[]][] = [
  [(n: number) => withPipe(([here]) => here.recvBytes(n)), [PART, NEGATIVE]],
  [
    (n: number) => withPipe(([here]) => here.recvBytesInto(Buffer.alloc(3), n)),
    [PART, NEGATIVE, 4, Infinity],
  ],
  [
    (n: number) => withPipe(([here]) => here.sendBytes(Buffer.alloc(3), { offset: n })),
    [PART, NEGATIVE, 4, Infinity],
  ],
  [
    (n: number) => withPipe(([here]) => here.sendBytes(Buffer.alloc(3), { size: n })),
    [PART, NEGATIVE, 4, Infinity],
  ],
]

/** All numbers are times, but for the one that is none. */
const times: readonly Call[] = [
  (timeout: number) => new Queue().get({ timeout }),
  (timeout: number) => new Queue().getSync({ timeout, blockMainThread: true }),
  (timeout: number) => new Queue().put(1, { timeout }),
  (timeout: number) => new JoinableQueue().join({ timeout }),
  (timeout: number) => withPipe(([here]) => here.poll({ timeout })),
  (timeout: number) => withPipe(([here]) => here.recv({ timeout })),
  (timeout: number) => withPipe(([here]) => here.send(1, { timeout })),
  (timeout: number) => withPipe(([here]) => here.recvBytes(1, { timeout })),
  (timeout: number) => withPipe(([here]) => here.sendBytes(Buffer.alloc(1), { timeout })),
  (timeout: number) => connection.wait([], { timeout }),
  (timeout: number) => new Lock().acquire({ timeout }),
  (timeout: number) => new Lock().acquireSync({ timeout, blockMainThread: true }),
  (timeout: number) => new Semaphore().acquire({ timeout }),
  (timeout: number) => new Event().wait({ timeout }),
  (timeout: number) => new Event().waitSync({ timeout, blockMainThread: true }),
  (timeout: number) => new Barrier(2, { timeout }),
  (timeout: number) => new Barrier(2).wait({ timeout }),
  (timeout: number) => withCondition(condition => condition.wait({ timeout })),
  (timeout: number) => withCondition(condition => condition.waitFor(() => false, { timeout })),
  (timeout: number) => new Timer(timeout, () => {}),
]

/** None of these is stored as something else. */
const stored: readonly Call[] = [
  (n: number) => new Value('i', n),
  (n: number) => new Value('q', n),
  (n: number) => (new Value('B').value = n),
  (n: number) => (new Value(struct({ x: 'i' })).value.x = n),
  (n: number) => new SharedArray('i', [n]),
  (n: number) => new Value('i').atomic.add(n),
  (n: number) => new Value('i').atomic.store(n),
  (n: number) => new Value('i').atomic.and(n),
  (n: number) => new Value('i').atomic.compareExchange(0, n),
]

suite('numbers that make no sense are refused', () => {
  test('sizes and counts', LIMIT, async () => {
    for (const [call, also] of counts) await refuses(call, [...NEVER, ...also], 'WRONG_OPTION')
    for (const call of lengths) await refuses(call, LENGTHS, 'WRONG_OPTION')
  })

  test('bytes of a pipe', LIMIT, async () => {
    for (const [call, also] of bytes) await refuses(call, [...NEVER, ...also], 'WRONG_OPTION')
  })

  test('times', LIMIT, async () => {
    for (const call of times) await refuses(call, NEVER, 'WRONG_OPTION')
    for (const Worker of [Process, Thread]) {
      // It was not started, which is told first.
      await refuses((timeout: number) => new Worker().join({ timeout }), [Number.NaN], 'NOT_STARTED')
    }
  })

  test('values', LIMIT, async () => {
    const wrong = [...NEVER.filter(value => value !== 2n), PART, Infinity, 2 ** 53]
    for (const call of stored) await refuses(call, wrong, 'VALUE_DOES_NOT_FIT')
    for (const call of [(n: number) => new Value('d', n), (n: number) => new SharedArray('f', [n])])
      await refuses(call, NEVER.slice(1), 'VALUE_DOES_NOT_FIT')
    await refuses((type: number) => new Value(type as never), [...NEVER, PART], 'UNKNOWN_TYPECODE')
    await refuses((type: number) => struct({ x: type as never }), [1, null, '5', true], 'UNKNOWN_TYPECODE')
  })

  test('indexes', LIMIT, async () => {
    const list = new ShareableList([1, 2])
    list.shm.unlink()
    await refuses((index: number) => list.get(index), [...NEVER, PART, 2, -3, Infinity], 'LIST_INDEX')
    await refuses((index: number) => list.set(index, 0), [...NEVER, PART, 2, -3, Infinity], 'LIST_INDEX')
    list.shm.close()
  })
})

/** For a call that is refused before it waits. */
async function withPipe(call: (pipe: ReturnType<typeof Pipe>) => unknown): Promise<unknown> {
  const pipe = Pipe()
  pipe[1].sendBytes(Buffer.alloc(1)).catch(() => {})
  try {
    return await call(pipe)
  } finally {
    for (const end of pipe) end.close()
  }
}

function withCondition(call: (condition: Condition) => unknown): Promise<unknown> {
  const condition = new Condition()
  return condition.run(() => call(condition))
}

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  JoinableQueue,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  registerClass,
  RLock,
  Semaphore,
  setStartMethod,
  ShareableList,
  SimpleQueue,
  Timer,
} from 'manycore'

/*
 * What is given wrongly is refused by the call that it was given to, by name: nobody takes a slip for an option.
 */

const limit = { timeout: 10_000 }
const code = (expected: string): { code: string } => ({ code: expected })

suite('wrong options', () => {
  test('of locks and the like', limit, () => {
    for (const Kind of [Lock, RLock, Event]) {
      assert.throws(() => new Kind({ name: 3 } as never), code('WRONG_OPTION'))
      assert.throws(() => new Kind({ nam: 'x' } as never), code('UNKNOWN_OPTION'))
    }
    for (const Kind of [Semaphore, BoundedSemaphore, Barrier])
      assert.throws(() => new Kind(1, { name: 3 } as never), code('WRONG_OPTION'))
    assert.throws(() => new Lock({ detectDeadlocks: 'yes' as never }), code('WRONG_OPTION'))
    assert.throws(() => new Condition(undefined, { name: 3 as never }), code('WRONG_OPTION'))
    assert.throws(() => new Barrier(2, { action: 3 as never }), code('NOT_A_FUNCTION'))
  })

  test(
    'what is to be run with a lock is a function, and nothing is held for what is none',
    limit,
    async () => {
      for (const lock of [new Lock(), new RLock()]) {
        await assert.rejects(lock.run(undefined as never), code('NOT_A_FUNCTION'))
        assert.equal(lock.locked(), false)
      }
      const semaphore = new Semaphore(1)
      await assert.rejects(semaphore.run(3 as never), code('NOT_A_FUNCTION'))
      assert.equal(semaphore.value, 1)
      const condition = new Condition()
      await condition.run(() => assert.rejects(condition.waitFor(true as never), code('NOT_A_FUNCTION')))
    },
  )

  test('of queues', limit, async () => {
    // As in Python: a queue without a limit takes none.
    assert.throws(() => new SimpleQueue(...([3] as never[] as [])), code('WRONG_OPTION'))
    assert.throws(() => new PriorityQueue({ maxSize: 2 } as never), code('UNKNOWN_OPTION'))
    assert.throws(() => new PriorityQueue({ compare: 3 as never }), code('NOT_A_FUNCTION'))
    for (const wrong of [null, 'x'])
      assert.throws(() => new PriorityQueue(wrong as never), code('WRONG_OPTION'))
    for (const Kind of [Queue, SimpleQueue, JoinableQueue, LifoQueue, PriorityQueue]) {
      const queue = new Kind<number>()
      await assert.rejects(queue.shutdown({ imediate: true } as never), code('UNKNOWN_OPTION'))
      for (const wrong of [true, null, { immediate: 'yes' }])
        await assert.rejects(queue.shutdown(wrong as never), code('WRONG_OPTION'))
      await queue.put(1)
      assert.equal(await queue.get(), 1)
      await queue.shutdown()
    }
  })

  test('of other calls', limit, async () => {
    assert.throws(() => new ShareableList([1], { nam: 'x' } as never), code('UNKNOWN_OPTION'))
    assert.throws(() => new ShareableList([1], null as never), code('WRONG_OPTION'))
    assert.throws(() => setStartMethod('warm', { forced: true } as never), code('UNKNOWN_OPTION'))
    assert.throws(() => setStartMethod('warm', { force: 1 as never }), code('WRONG_OPTION'))
    assert.throws(() => registerClass(class Point {}, { nam: 'x' } as never), code('UNKNOWN_OPTION'))
    assert.throws(() => registerClass(class Point {}, null as never), code('WRONG_OPTION'))
    assert.throws(() => new Timer(1, () => 1, 3 as never), code('NOT_ITERABLE'))
    await assert.rejects(new Timer(1, () => 1).join(), code('NOT_STARTED'))
  })
})

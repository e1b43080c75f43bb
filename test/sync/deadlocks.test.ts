import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { DeadlockError, Event, Lock, RLock } from 'manycore'
import { eachKind, nothingLeft, runProgram } from '../support/index.ts'

const LIMIT = { timeout: 60_000 }
const WATCHED = { detectDeadlocks: true }

/** The error of a wait that closed a ring, or nothing. */
async function ring(work: Promise<unknown>): Promise<DeadlockError | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    assert.ok(error instanceof DeadlockError, String(error))
    assert.equal(error.code, 'DEADLOCK')
    return error
  }
}

eachKind(({ Worker }) => {
  afterEach(() => nothingLeft())

  test('two that want what the other has: one of them is told the ring', LIMIT, async () => {
    for (const Class of [Lock, RLock]) {
      const [a, b] = [new Class({ ...WATCHED, name: 'A' }), new Class({ ...WATCHED, name: 'B' })]
      const [hasB, hasA] = [new Event(), new Event()]
      const worker = new Worker({
        target: async () => {
          const second = await b.acquire()
          hasB.set()
          await hasA.wait()
          try {
            const first = await a.acquire()
            first.release()
            return 'in'
          } catch (error) {
            return (error as { cycle: string[] }).cycle.join('\n')
          } finally {
            second.release()
          }
        },
      }).start()
      const error = await ring(
        a.run(async () => {
          hasA.set()
          await hasB.wait()
          await b.run(() => {})
        }),
      )
      const told = await worker.result()
      // Who closed the ring is told; if both did at once, both are.
      const cycle = error?.cycle ?? told.split('\n')
      assert.equal(cycle.length, 2, cycle.join('\n'))
      assert.match(cycle.join('\n'), /\bA is held by thread \d+ of process \d+.*, which waits for B\b/)
      assert.match(cycle.join('\n'), /\bB is held by thread \d+ of process \d+.*, which waits for A\b/)
      assert.ok(error || told !== 'in')
      assert.deepEqual([a.locked(), b.locked()], [false, false])
      await worker.join()
    }
  })

  test('a thread that sleeps is found too', LIMIT, async () => {
    const [a, b] = [new Lock(WATCHED), new Lock(WATCHED)]
    const [hasB, hasA] = [new Event(), new Event()]
    const worker = new Worker({
      target: () => {
        const second = b.acquireSync()
        hasB.set()
        hasA.waitSync()
        try {
          a.acquireSync().release()
          return 'in'
        } catch (error) {
          return (error as { code: string }).code
        } finally {
          second.release()
        }
      },
    }).start()
    const guard = await a.acquire()
    hasA.set()
    await hasB.wait()
    const error = await ring(b.acquire().then(second => second.release()))
    guard.release()
    const told = await worker.result()
    assert.ok(error !== undefined || told === 'DEADLOCK')
    await worker.join()
  })

  test('waiting in turn is no ring', LIMIT, async () => {
    const [a, b] = [new Lock(WATCHED), new Lock(WATCHED)]
    const target = async (): Promise<number> => {
      for (let i = 0; i < 30; i++) {
        const first = await a.acquire()
        const second = await b.acquire()
        second.release()
        first.release()
      }
      return 30
    }
    const workers = [1, 2].map(() => new Worker({ target }).start())
    const results = await Promise.all([target(), ...workers.map(worker => worker.result())])
    assert.deepEqual(results, [30, 30, 30])
    await Promise.all(workers.map(worker => worker.join()))
  })
})

test('three tasks of one thread', LIMIT, async () => {
  const locks = ['A', 'B', 'C'].map(name => new Lock({ ...WATCHED, name }))
  const outcomes = await Promise.all(
    locks.map((lock, i) =>
      lock
        .run(async () => {
          await new Promise(setImmediate)
          await locks[(i + 1) % 3]?.run(() => {})
        })
        .then(
          () => 0,
          (error: DeadlockError) => error.cycle.length,
        ),
    ),
  )
  assert.deepEqual(
    outcomes.filter(length => length > 0),
    [3],
  )
})

test('one that waits for itself; the environment turns it on', LIMIT, async () => {
  const { stdout, code } = await runProgram(
    `import { Lock } from 'manycore'
     const lock = new Lock()
     await lock.acquire()
     await lock.acquire().catch(error => console.log(error.name, error.cycle.length))`,
    { env: { MANYCORE_DETECT_DEADLOCKS: '1' } },
  )
  assert.deepEqual([stdout, code], ['DeadlockError 1\n', 0])
})

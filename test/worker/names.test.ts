import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pool, Process, Thread } from 'manycore'
import { LIMIT } from './support.ts'

/* What workers are called that were not given a name. The numbers are the process's own, so each is read from the one before. */

class Clock extends Process {
  override run(): string[] {
    class Alarm extends Process {}
    return [new Process().name, new Alarm().name, new Clock().name, String(new Process())]
  }
}

const numberOf = (worker: Process | Thread): number => Number(/\d+/.exec(worker.name)?.[0])

test('a process is called after its class, and all of them are counted together', LIMIT, () => {
  const first = new Process()
  assert.match(first.name, /^Process-\d+$/)
  const number = numberOf(first)
  assert.equal(new Clock().name, `Clock-${number + 1}`)
  // Python counts those with a name too.
  assert.equal(new Process({ name: 'named' }).name, 'named')
  assert.equal(new Process({ name: '' }).name, `Process-${number + 3}`)
})

test('without a class name it is a Process', LIMIT, () => {
  const number = numberOf(new Process())
  const Anonymous = (() => class extends Process {})()
  const one = new Anonymous()
  assert.equal(one.name, `Process-${number + 1}`)
  assert.equal(String(one), `<Process name='Process-${number + 1}' initial>`)
  class Numbered extends Process {
    static override readonly name = 4 as never
  }
  assert.equal(new Numbered().name, `Process-${number + 2}`)
  class Bare extends Process {}
  Object.defineProperty(Bare.prototype, 'constructor', { value: undefined })
  assert.equal(new Bare().name, `Process-${number + 3}`)
})

test('in a process they are numbered after its own number, whatever its name', LIMIT, async () => {
  const clock = new Clock({ name: 'bell' }).start()
  const number = numberOf(new Process()) - 1
  assert.deepEqual(await clock.result(), [
    `Process-${number}:1`,
    `Alarm-${number}:2`,
    `Clock-${number}:3`,
    `<Process name='Process-${number}:4' initial>`,
  ])
  const deep = new Process({
    target: async () => {
      const child = new Process({ target: () => [new Process().name, new Process().name] }).start()
      return await child.result()
    },
  }).start()
  assert.deepEqual(
    await deep.result(),
    [1, 2].map(last => `Process-${numberOf(deep)}:1:${last}`),
  )
})

test("in a pool's worker they are numbered after its name", LIMIT, async () => {
  await using pool = new Pool(1)
  assert.deepEqual(await pool.apply(() => [new Process().name, new Process().name]), [
    'Process-PoolWorker-1:1',
    'Process-PoolWorker-1:2',
  ])
})

test('a thread is one whatever its class, and counted if it has no name', LIMIT, () => {
  class Reader extends Thread {}
  const work = (): number => 1
  const number = numberOf(new Thread())
  assert.equal(new Reader().name, `Thread-${number + 1}`)
  assert.equal(new Thread({ name: 'named' }).name, 'named')
  assert.equal(new Reader({ target: work }).name, `Thread-${number + 2} (work)`)
})

test('what threads of one process make is counted together', LIMIT, async () => {
  const make = (): string[] => [new Process().name, new Thread().name]
  const outer = new Thread({ target: make }).start()
  const names = [
    ...(await outer.result()),
    ...(await new Thread({ target: make }).start().result()),
    ...make(),
  ]
  assert.equal(new Set(names).size, 6, names.join())
  const numbers = names
    .filter(name => name.startsWith('Process'))
    .map(name => Number(name.slice('Process-'.length)))
  assert.deepEqual(
    numbers,
    [0, 1, 2].map(more => (numbers[0] as number) + more),
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { machine } from '../../src/pool/machine.ts'
import type { Instruction } from '../../src/pool/plan-words.ts'
import {
  type StateTable,
  TASK_STATES,
  type TaskState,
  WORKER_STATES,
  type WorkerState,
} from '../../src/pool/plan-table.ts'
import { Pace } from '../../src/pool/pace.ts'
import { Plan } from '../../src/pool/plan.ts'
import { WaitingLine } from '../../src/pool/waiting-line.ts'
import { ModelTask } from './crew-model.ts'

/* The plan, event by event: what it says to do. Random histories are in plan.property.test.ts. */

const OPTIONS = {
  workers: 2,
  concurrency: 1,
  maxTasksPerChild: undefined,
  spares: 0,
  onDemand: false,
  shrinks: false,
}
const task = (id: number, priority = 0, retries = 0): ModelTask => new ModelTask(id, priority, retries)

/** Instructions in a few words: `start 1`, `send 2: 0 1`. */
function words(instructions: readonly Instruction<ModelTask>[]): string[] {
  return instructions.map(each => {
    const worker = 'worker' in each ? ` ${each.worker.id}` : ''
    const tasks = 'tasks' in each ? `: ${each.tasks.map(({ id }) => id).join(' ')}` : ''
    return `${each.do}${worker}${tasks}${'task' in each ? ` ${each.task.id}` : ''}`
  })
}

function planOf(
  options: {
    workers?: number
    concurrency?: number
    maxTasksPerChild?: number
    spares?: number
    onDemand?: boolean
    shrinks?: boolean
  } = {},
): {
  plan: Plan<ModelTask>
  worker(id: number): NonNullable<ReturnType<typeof find>>
  submit(...tasks: ModelTask[]): string[]
  ready(id: number): string[]
  finish(id: number, done: ModelTask[], failed?: ModelTask[], busy?: number): string[]
} {
  const plan = new Plan<ModelTask>({ ...OPTIONS, ...options })
  const find = (id: number) => [...plan.workers].find(worker => worker.id === id)
  const worker = (id: number) => find(id) as NonNullable<ReturnType<typeof find>>
  plan.handle({ kind: 'open' })
  return {
    plan,
    worker,
    submit: (...tasks) => {
      for (const each of tasks) plan.handle({ kind: 'submitted', task: each })
      return words(plan.handle({ kind: 'flush' }))
    },
    ready: id => words(plan.handle({ kind: 'ready', worker: worker(id) })),
    finish: (id, done, failed = [], busy = 1) =>
      words(
        plan.handle({
          kind: 'finished',
          worker: worker(id),
          done,
          failed,
          busy,
          calls: done.length + failed.length,
        }),
      ),
  }
}

test('opening starts every worker', () => {
  const plan = new Plan<ModelTask>({ ...OPTIONS, workers: 3 })
  assert.deepEqual(words(plan.handle({ kind: 'open' })), ['start 1', 'start 2', 'start 3'])
})

test('tasks wait until a worker is ready, all but the first, and one goes to each before any gets two', () => {
  const { plan, submit, ready, finish } = planOf()
  const [a, b, c] = [task(0), task(1), task(2)]
  assert.deepEqual(submit(a, b, c), ['send 1: 0'])
  assert.equal(plan.waiting, 3, 'nobody has begun any')
  assert.deepEqual(ready(1), [])
  assert.deepEqual(ready(2), ['send 2: 1'])
  assert.deepEqual(finish(1, [a], [], 50), ['send 1: 2'])
})

test('what a worker gets before it is ready is taken over by one that is ready and has nothing', () => {
  const { plan, submit, ready, finish, worker } = planOf()
  const [a, b] = [task(0), task(1)]
  assert.deepEqual(submit(a, b), ['send 1: 0'])
  assert.deepEqual(ready(2), ['send 2: 1'])
  assert.deepEqual(finish(2, [b]), ['watchIdle 2', 'takeBack 1'])
  plan.handle({ kind: 'returned', worker: worker(1), task: a })
  assert.deepEqual(words(plan.handle({ kind: 'flush' })), ['send 2: 0'])
  assert.deepEqual(ready(1), ['watchIdle 1'])
})

test('nothing goes ahead that can be sent only once, or to one of counted tasks', () => {
  const once = planOf()
  assert.deepEqual(once.submit(task(0, 2)), [])
  assert.deepEqual(once.ready(1), ['send 1: 0'])
  const counted = planOf({ maxTasksPerChild: 2 })
  assert.deepEqual(counted.submit(task(0)), [])
})

test('what waits is dropped, with a worker that is still starting too', () => {
  const { plan, submit, ready, worker } = planOf({ workers: 1 })
  const [a, b] = [task(0), task(1)]
  assert.deepEqual(submit(a, b), ['send 1: 0'])
  plan.handle({ kind: 'close' })
  assert.deepEqual(words(plan.handle({ kind: 'dropWaiting' })), ['drop 1', 'takeBack 1'])
  assert.deepEqual(words(plan.handle({ kind: 'returned', worker: worker(1), task: a })), [
    'drop 0',
    'destroy 1',
  ])
  assert.throws(() => ready(2))
})

test('short tasks make lines deep, long ones make them short again, one among many hardly does', () => {
  const { plan, submit, ready, finish } = planOf({ workers: 1 })
  ready(1)
  const takes = (ms: number): number => {
    const each = task(0)
    submit(each)
    finish(1, [each], [], ms)
    return plan.depth
  }
  assert.equal(plan.depth, 1)
  assert.equal(takes(0.25), 41)
  assert.equal(takes(0.25), 41)
  const depth = takes(10)
  assert.ok(depth > 10 && depth < 41, `${depth} after a long one`)
  for (let time = 0; time < 10; time++) takes(10)
  assert.equal(takes(10), 2)
})

test('a task that failed is sent again while it may be, then its caller is told', () => {
  const { submit, ready, finish } = planOf({ workers: 1 })
  const twice = task(0, 0, 1)
  ready(1)
  assert.deepEqual(submit(twice), ['send 1: 0'])
  assert.deepEqual(finish(1, [], [twice]), ['send 1: 0'])
  assert.deepEqual(finish(1, [], [twice]), ['fail 0', 'watchIdle 1'])
  assert.equal(twice.state, 'settled')
})

test('a death: what was begun fails, what was not goes on in its old order, a successor starts', () => {
  const { plan, submit, ready, finish, worker } = planOf({ workers: 1 })
  ready(1)
  const warm = task(9)
  submit(warm)
  finish(1, [warm], [], 0.01)
  const tasks = [task(0), task(1), task(2)]
  assert.deepEqual(submit(...tasks), ['send 1: 0 1 2'])
  const said = plan.handle({
    kind: 'died',
    worker: worker(1),
    begun: tasks.slice(0, 1),
    waiting: tasks.slice(1),
  })
  assert.deepEqual(words(said), ['fail 0', 'start 2', 'send 2: 1'])
  assert.deepEqual(ready(2), ['send 2: 2'])
})

test('cancelled in line: dropped without a word; with a worker: asked to stop, and the worker gets nothing new', () => {
  const { plan, submit, ready, finish } = planOf({ workers: 1 })
  ready(1)
  const [running, waiting, next] = [task(0), task(1), task(2)]
  submit(running, waiting)
  assert.deepEqual(words(plan.handle({ kind: 'cancelled', task: waiting, again: false })), [])
  assert.deepEqual(words(plan.handle({ kind: 'cancelled', task: running, again: false })), ['askToStop 1 0'])
  assert.deepEqual(submit(next), [])
  assert.deepEqual(finish(1, [running]), ['stopped 0', 'send 1: 2'])
  assert.equal(plan.inLine, 0)
})

test('on demand: a worker for each task that waits, up to the limit, and none beforehand', () => {
  const { submit, ready, finish } = planOf({ workers: 2, onDemand: true })
  const tasks = [task(0), task(1), task(2)] as const
  assert.deepEqual(submit(tasks[0]), ['start 1', 'send 1: 0'])
  ready(1)
  assert.deepEqual(finish(1, [tasks[0]]), ['watchIdle 1'])
  assert.deepEqual(submit(tasks[1]), ['send 1: 1'])
  // It waits for whoever is free first.
  assert.deepEqual(submit(tasks[2]), ['start 2'])
  assert.deepEqual(submit(task(3)), [], 'no more than the limit')
  assert.deepEqual(ready(2), ['send 2: 2'])
})

test('on demand: one that is starting and has work does not keep the next task waiting', () => {
  const { submit } = planOf({ workers: 2, onDemand: true })
  assert.deepEqual(submit(task(0)), ['start 1', 'send 1: 0'])
  assert.deepEqual(submit(task(1)), ['start 2'])
})

test('on demand: who has had its number of tasks is replaced, who died only for work', () => {
  const { plan, submit, ready, finish, worker } = planOf({ workers: 2, maxTasksPerChild: 1, onDemand: true })
  const first = task(0)
  submit(first)
  assert.deepEqual(ready(1), ['send 1: 0', 'retire 1', 'start 2'])
  finish(1, [first])
  assert.deepEqual(words(plan.handle({ kind: 'died', worker: worker(2), begun: [], waiting: [] })), [])
})

test('what waits is dropped: in line at once, with a worker when it has come back', () => {
  const { plan, submit, ready, finish, worker } = planOf({ workers: 1 })
  ready(1)
  const [quick, running, behind, waiting] = [task(0), task(1), task(2), task(3)]
  submit(quick)
  finish(1, [quick], [], 0.5)
  submit(running, behind)
  plan.handle({ kind: 'submitted', task: waiting })
  plan.handle({ kind: 'close' })
  assert.deepEqual(words(plan.handle({ kind: 'dropWaiting' })), ['drop 3', 'takeBack 1'])
  assert.deepEqual(words(plan.handle({ kind: 'returned', worker: worker(1), task: behind })), ['drop 2'])
  assert.deepEqual(finish(1, [running]), ['retire 1'])
})

test('a task that ran out of time and may run again is not told, but sent again', () => {
  const { plan, submit, ready, worker } = planOf({ workers: 1 })
  ready(1)
  const late = task(0, 0, 1)
  submit(late)
  assert.deepEqual(words(plan.handle({ kind: 'cancelled', task: late, again: true })), ['askToStop 1 0'])
  assert.deepEqual(words(plan.handle({ kind: 'stubborn', worker: worker(1) })), ['destroy 1'])
  assert.deepEqual(words(plan.handle({ kind: 'died', worker: worker(1), begun: [late], waiting: [] })), [
    'start 2',
    'send 2: 0',
  ])
  assert.deepEqual(ready(2), [])
  assert.equal(late.retries, 0)
})

test('who has had its number of tasks retires, and its successor starts first', () => {
  const { submit, ready } = planOf({ workers: 1, maxTasksPerChild: 1 })
  ready(1)
  assert.deepEqual(submit(task(0)), ['send 1: 0', 'retire 1', 'start 2'])
})

test('an idle worker and one that is stuck: the line of the latter is taken back', () => {
  const { plan, submit, ready, finish } = planOf()
  ready(1)
  const warm = task(9)
  submit(warm)
  finish(1, [warm], [], 0.01)
  assert.deepEqual(submit(task(0), task(1), task(2)), ['send 1: 0 1 2'])
  assert.deepEqual(ready(2), ['watchIdle 2', 'lookAgain'])
  assert.deepEqual(words(plan.handle({ kind: 'balance' })), ['lookAgain'])
  assert.deepEqual(words(plan.handle({ kind: 'balance' })), ['takeBack 1', 'lookAgain'])
})

test('who is stuck gets nothing more, not even what it could run beside, until it moves', () => {
  const { plan, submit, ready, finish, worker } = planOf()
  ready(1)
  const warm = task(9)
  submit(warm)
  finish(1, [warm], [], 0.01)
  const [stuck, behind] = [task(0), task(1)]
  submit(stuck, behind)
  ready(2)
  plan.handle({ kind: 'balance' })
  assert.deepEqual(words(plan.handle({ kind: 'balance' })), ['takeBack 1', 'lookAgain'])
  assert.deepEqual(submit(task(2), task(3), task(4)), ['send 2: 2 3 4'])
  plan.handle({ kind: 'returned', worker: worker(1), task: behind })
  assert.deepEqual(words(plan.handle({ kind: 'flush' })), ['send 2: 1'])

  const shared = pairAt(1, { workers: 1, concurrency: 2 })
  const tasks = [5, 6, 7, 8].map(id => task(id))
  assert.deepEqual(shared.submit(...tasks, task(9)), ['send 1: 5 6 7 8', 'checkLater'])
  shared.plan.handle({ kind: 'check' })
  assert.deepEqual(words(shared.plan.handle({ kind: 'check' })), ['takeBack 1', 'checkLater'])
  for (const each of tasks.slice(1))
    shared.plan.handle({ kind: 'returned', worker: shared.worker(1), task: each })
  assert.deepEqual(words(shared.plan.handle({ kind: 'flush' })), [], 'it has begun one of two, and no other')
  assert.deepEqual(shared.finish(1, tasks.slice(0, 1)), ['send 1: 6 7 8 9'])
})

test('who was stuck and moves, and has several left, is looked at again for one that is idle', () => {
  const { plan, submit, ready, finish } = planOf({ concurrency: 3 })
  ready(1)
  const tasks = [task(0), task(1), task(2)]
  assert.deepEqual(submit(...tasks), ['send 1: 0 1 2'])
  assert.deepEqual(ready(2), ['watchIdle 2', 'lookAgain'])
  plan.handle({ kind: 'balance' })
  assert.deepEqual(
    words(plan.handle({ kind: 'balance' })),
    ['takeBack 1'],
    'what it runs is not looked at again',
  )
  assert.deepEqual(finish(1, tasks.slice(0, 1)), ['lookAgain'])
})

/** Two workers that are ready, unless told otherwise, and tasks of so many milliseconds known. */
function pairAt(time: number, options: Parameters<typeof planOf>[0] = {}): ReturnType<typeof planOf> {
  const pair = planOf(options)
  pair.ready(1)
  if (options.workers !== 1) pair.ready(2)
  const warm = task(99)
  pair.submit(warm)
  pair.finish(1, [warm], [], time)
  return pair
}

test('while few wait, a task that is longer than the road waits for whoever is free first', () => {
  const { submit, finish } = pairAt(1)
  const [a, b, c] = [task(0), task(1), task(2)]
  assert.deepEqual(submit(a), ['send 2: 0'])
  assert.deepEqual(submit(b), ['send 1: 1'])
  assert.deepEqual(submit(c), [])
  assert.deepEqual(finish(1, [b]), ['send 1: 2'])
})

test('while many wait, each worker has some of them ahead, and gets more when half of those are gone', () => {
  const { submit, finish } = pairAt(1)
  const tasks = Array.from({ length: 60 }, (_, id) => task(id))
  const some = (from: number, to: number): string =>
    tasks
      .slice(from, to)
      .map(({ id }) => id)
      .join(' ')
  assert.deepEqual(submit(...tasks), [`send 2: ${some(0, 11)}`, `send 1: ${some(11, 22)}`, 'checkLater'])
  for (let done = 0; done < 5; done++) assert.deepEqual(finish(2, tasks.slice(done, done + 1)), [])
  assert.deepEqual(finish(2, tasks.slice(5, 6)), [`send 2: ${some(22, 27)}`])
})

test('what has a higher priority comes before what lies with workers, where that takes long', () => {
  const { plan, submit, finish, worker } = pairAt(1)
  const tasks = Array.from({ length: 60 }, (_, id) => task(id))
  submit(...tasks)
  assert.deepEqual(submit(task(70, 1)), ['takeBack 1', 'takeBack 2'])
  assert.deepEqual(submit(task(71, 1)), [], 'they are at it')
  for (const each of tasks.slice(1, 11)) plan.handle({ kind: 'returned', worker: worker(2), task: each })
  assert.deepEqual(words(plan.handle({ kind: 'flush' })), [])
  const [sent] = finish(2, tasks.slice(0, 1))
  assert.match(sent as string, /^send 2: 70 71 1 2 /)
})

test('while all are busy, what lies behind a long task does not stay there', () => {
  const { plan, submit, finish } = pairAt(1)
  const tasks = Array.from({ length: 60 }, (_, id) => task(id))
  assert.deepEqual(submit(...tasks).at(-1), 'checkLater')
  const check = (): string[] => words(plan.handle({ kind: 'check' }))
  assert.deepEqual(check(), ['checkLater'])
  finish(1, tasks.slice(11, 12))
  assert.deepEqual(check(), ['takeBack 2', 'checkLater'], 'the other has finished something')
  finish(1, tasks.slice(12, 13))
  assert.deepEqual(check(), ['checkLater'])
})

test('what was taken back once is not again for one of a low priority that runs beside it', () => {
  const { plan, submit, finish, worker } = pairAt(1, { workers: 1, concurrency: 2 })
  const low = task(0)
  assert.deepEqual(submit(low), ['send 1: 0'])
  const tasks = Array.from({ length: 60 }, (_, id) => task(id + 1, 1))
  assert.deepEqual(submit(...tasks), ['send 1: 1 2 3 4 5 6 7 8 9 10 11', 'checkLater', 'takeBack 1'])
  for (const each of tasks.slice(1, 11)) plan.handle({ kind: 'returned', worker: worker(1), task: each })
  plan.handle({ kind: 'flush' })
  for (const each of tasks.slice(0, 20))
    assert.ok(!finish(1, [each]).includes('takeBack 1'), `after ${each.id}`)
})

test('what was taken back is none of the tasks after which a worker goes', () => {
  const { plan, submit, finish, worker } = pairAt(1, { workers: 1, maxTasksPerChild: 13 })
  const tasks = Array.from({ length: 60 }, (_, id) => task(id))
  assert.deepEqual(submit(...tasks), ['send 1: 0 1 2 3 4 5 6 7 8 9 10', 'checkLater'])
  assert.deepEqual(submit(task(70, 1)), ['takeBack 1'])
  for (const each of tasks.slice(1, 11)) plan.handle({ kind: 'returned', worker: worker(1), task: each })
  assert.deepEqual(finish(1, tasks.slice(0, 1)), ['send 1: 70 1 2 3 4 5 6 7 8 9 10', 'retire 1', 'start 2'])
})

test('what has no higher priority, and what is quick, stays where it is', () => {
  const same = pairAt(1)
  same.submit(...Array.from({ length: 60 }, (_, id) => task(id, 1)))
  assert.deepEqual(same.submit(task(70, 1), task(71, 0)), [])
  const pace = new Pace()
  pace.measure(0.125)
  assert.deepEqual([pace.isLong(16), pace.isLong(17)], [false, true])
})

test('tasks as quick as a message are all given away, and are not worth taking over', () => {
  const { submit, finish } = pairAt(0.01)
  const tasks = Array.from({ length: 200 }, (_, id) => task(id))
  assert.deepEqual(
    submit(...tasks).map(said => said.split(' ').length),
    [102, 102],
  )
  assert.deepEqual(finish(2, tasks.slice(0, 100), [], 1), ['watchIdle 2', 'lookAgain'])
})

test('workers take turns, unless tasks are quick or those without work are to go', () => {
  const { submit, finish } = pairAt(1)
  for (const [id, worker] of [2, 1, 2, 1].entries()) {
    const each = task(id)
    assert.deepEqual(submit(each), [`send ${worker}: ${id}`])
    finish(worker, [each])
  }
  const quick = pairAt(0.01)
  for (let id = 0; id < 3; id++) {
    const each = task(id)
    assert.deepEqual(quick.submit(each), [`send 1: ${id}`], 'that one is awake')
    quick.finish(1, [each], [], 0.01)
  }
  const shrinking = planOf({ shrinks: true })
  shrinking.ready(1)
  shrinking.ready(2)
  for (let id = 0; id < 3; id++) {
    const each = task(id)
    assert.deepEqual(shrinking.submit(each), [`send 1: ${id}`])
    shrinking.finish(1, [each])
  }
})

test('who has nothing to do takes over what lies behind another, if that is longer than the road', () => {
  const { plan, submit, finish } = pairAt(0.1)
  const tasks = Array.from({ length: 10 }, (_, id) => task(id))
  assert.deepEqual(submit(...tasks), ['send 1: 0 1 2 3 4', 'send 2: 5 6 7 8 9'])
  assert.deepEqual(finish(1, tasks.slice(0, 5), [], 0.5), ['watchIdle 1', 'lookAgain'], 'it is not')
  finish(2, tasks.slice(5, 6), [], 2)
  assert.deepEqual(words(plan.handle({ kind: 'balance' })), ['takeBack 2', 'lookAgain'], 'it is now')

  const other = pairAt(0.1)
  const many = Array.from({ length: 10 }, (_, id) => task(id))
  other.submit(...many)
  assert.deepEqual(other.finish(1, many.slice(0, 5), [], 5), ['watchIdle 1', 'takeBack 2', 'lookAgain'])
})

test('who is ending by itself gets nothing more, and its successor starts before it is gone', () => {
  const { plan, submit, finish, ready, worker } = pairAt(1)
  const [running, behind, next] = [task(0), task(1), task(2)]
  assert.deepEqual(submit(running), ['send 2: 0'])
  assert.deepEqual(words(plan.handle({ kind: 'leaving', worker: worker(2) })), ['start 3'])
  assert.deepEqual(submit(behind, next), ['send 1: 1'], 'it has nothing behind it, and would be free')
  assert.deepEqual(ready(3), ['send 3: 2'])
  const died = words(plan.handle({ kind: 'died', worker: worker(2), begun: [running], waiting: [] }))
  assert.deepEqual(died, ['fail 0'], 'nobody else starts')
  finish(1, [behind])
  assert.deepEqual(words(plan.handle({ kind: 'close' })), ['retire 1'])
})

test('who is ending by itself: one successor for one task, and none when the pool is closing', () => {
  const { plan, submit, ready, finish, worker } = planOf({ workers: 2, onDemand: true })
  const first = task(0)
  submit(first)
  ready(1)
  finish(1, [first])
  assert.deepEqual(words(plan.handle({ kind: 'leaving', worker: worker(1) })), [])
  assert.deepEqual(submit(task(1)), ['start 2', 'send 2: 1'])

  const closing = pairAt(1)
  assert.deepEqual(closing.submit(task(0)), ['send 2: 0'])
  assert.deepEqual(words(closing.plan.handle({ kind: 'close' })), ['retire 1'])
  assert.deepEqual(words(closing.plan.handle({ kind: 'leaving', worker: closing.worker(2) })), [])
})

test('while somebody else still works, the last that serves stays after close: a task may come back', () => {
  const { plan, submit, ready, worker } = planOf({ workers: 1, maxTasksPerChild: 1 })
  ready(1)
  const each = task(0)
  assert.deepEqual(submit(each), ['send 1: 0', 'retire 1', 'start 2'])
  ready(2)
  assert.deepEqual(words(plan.handle({ kind: 'close' })), [])
  const died = words(plan.handle({ kind: 'died', worker: worker(1), begun: [], waiting: [each] }))
  assert.deepEqual(died, ['send 2: 0', 'retire 2'])
})

test('three workers that die before they are ready, ten that die for nothing: the plan gives up', () => {
  const starting = planOf({ workers: 1 })
  for (const [id, said] of [
    [1, 'start 2'],
    [2, 'start 3'],
    [3, 'giveUp'],
  ] as const)
    assert.deepEqual(
      words(starting.plan.handle({ kind: 'died', worker: starting.worker(id), begun: [], waiting: [] })),
      [said],
    )
  const idle = planOf({ workers: 1 })
  for (let id = 1; id <= 10; id++) {
    idle.ready(id)
    const said = words(idle.plan.handle({ kind: 'died', worker: idle.worker(id), begun: [], waiting: [] }))
    assert.deepEqual(said, [id < 10 ? `start ${id + 1}` : 'giveUp'])
  }
})

test('only deaths in a row count, and only those that no task is to blame for', () => {
  const early = planOf({ workers: 1 })
  const diesIn = (
    { plan, worker }: ReturnType<typeof planOf>,
    id: number,
    begun: ModelTask[] = [],
  ): string[] => words(plan.handle({ kind: 'died', worker: worker(id), begun, waiting: [] }))
  for (let id = 1; id <= 6; id++) {
    if (id === 3) early.ready(id)
    assert.deepEqual(diesIn(early, id), [id < 6 ? `start ${id + 1}` : 'giveUp'])
  }

  const idle = planOf({ workers: 1 })
  for (let id = 1; id <= 19; id++) {
    idle.ready(id)
    const useful = task(id)
    if (id === 10) {
      idle.submit(useful)
      idle.finish(id, [useful])
    }
    assert.deepEqual(diesIn(idle, id), [`start ${id + 1}`], 'the tenth has done something')
  }
  idle.ready(20)
  assert.deepEqual(diesIn(idle, 20), ['giveUp'])

  const deadly = planOf({ workers: 1 })
  for (let id = 1; id <= 12; id++) {
    deadly.ready(id)
    const each = task(id)
    deadly.submit(each)
    assert.deepEqual(diesIn(deadly, id, [each]), [`fail ${id}`, `start ${id + 1}`])
  }
})

test('tries to make a worker count anew when one has become ready', () => {
  const { plan, ready, worker } = planOf({ workers: 1 })
  const unmade = (id: number): string[] =>
    words(plan.handle({ kind: 'unmade', worker: worker(id), waiting: [] }))
  const makeUp = (): string[] => words(plan.handle({ kind: 'makeUp' }))
  for (const id of [1, 2]) assert.deepEqual([unmade(id), makeUp()], [['makeUpLater'], [`start ${id + 1}`]])
  ready(3)
  plan.handle({ kind: 'died', worker: worker(3), begun: [], waiting: [] })
  for (const id of [4, 5]) assert.deepEqual([unmade(id), makeUp()], [['makeUpLater'], [`start ${id + 1}`]])
  assert.deepEqual(unmade(6), ['makeUpLater', 'giveUpUnmade'])
})

test('fewer workers: the least busy goes', () => {
  const { plan, submit, finish } = pairAt(1)
  const [a, b] = [task(0), task(1)]
  assert.deepEqual(submit(a, b), ['send 2: 0', 'send 1: 1'])
  finish(2, [a])
  assert.deepEqual(words(plan.handle({ kind: 'resize', workers: 1, concurrency: 1 })), ['retire 2'])
})

test('a worker that can not be made: the others do without it until it is tried again', () => {
  const { plan, submit, ready, worker } = planOf({ spares: 1 })
  const unmade = (id: number, waiting: ModelTask[] = []): string[] =>
    words(plan.handle({ kind: 'unmade', worker: worker(id), waiting }))
  const die = (id: number): string[] =>
    words(plan.handle({ kind: 'died', worker: worker(id), begun: [], waiting: [] }))
  const makeUp = (): string[] => words(plan.handle({ kind: 'makeUp' }))
  ready(1)
  ready(2)
  assert.deepEqual(words(plan.handle({ kind: 'refill' })), ['start 3'])
  assert.deepEqual(unmade(3), [], 'a spare is missed when the next is')
  assert.deepEqual(die(2), ['start 4'])
  assert.deepEqual(unmade(4), ['makeUpLater'])
  assert.deepEqual(die(1), [], 'none is started before the moment has come')
  const a = task(0)
  assert.deepEqual(submit(a), [])
  assert.deepEqual(makeUp(), ['start 5', 'start 6', 'send 5: 0'])
  assert.deepEqual(unmade(5, [a]), ['makeUpLater', 'send 6: 0'])
  assert.deepEqual(unmade(6, [a]), [])
  assert.deepEqual(makeUp(), ['start 7', 'start 8', 'send 7: 0'])
  assert.deepEqual(unmade(7, [a]), ['makeUpLater', 'send 8: 0'])
  assert.deepEqual(unmade(8, [a]), ['giveUpUnmade'])
})

test('close lets what is there be done, then retires; stop ends everything', () => {
  const closing = planOf({ workers: 2 })
  closing.ready(1)
  closing.ready(2)
  const last = task(0)
  assert.deepEqual(closing.submit(last), ['send 1: 0'])
  assert.deepEqual(words(closing.plan.handle({ kind: 'close' })), ['retire 2'])
  assert.deepEqual(closing.finish(1, [last]), ['retire 1'])
  const gone = (id: number): string[] =>
    words(closing.plan.handle({ kind: 'died', worker: closing.worker(id), begun: [], waiting: [] }))
  assert.deepEqual(gone(1), [])
  assert.deepEqual(gone(2), ['ended'])

  const stopping = planOf({ workers: 1 })
  const [ahead, waiting] = [task(0), task(1)]
  stopping.submit(ahead, waiting)
  assert.deepEqual(words(stopping.plan.handle({ kind: 'stop' })), ['drop 1', 'destroy 1'])
  const end = stopping.plan.handle({ kind: 'died', worker: stopping.worker(1), begun: [], waiting: [ahead] })
  assert.deepEqual(words(end), ['drop 0', 'ended'])
})

test('the line: higher priorities first, then those that came back, then the order of arrival', () => {
  const line = new WaitingLine<ModelTask>()
  const waiting = (id: number, priority = 0): ModelTask =>
    Object.assign(task(id, priority), { state: 'waiting' })
  for (const [id, priority] of [
    [0, 0],
    [1, 5],
    [2, 0],
    [3, -1],
    [4, 5],
  ] as const)
    line.push(waiting(id, priority))
  line.pushFront(waiting(5))
  line.pushFront(waiting(6))
  const cancelled = waiting(7)
  line.push(cancelled)
  cancelled.state = 'settled'
  line.drop()
  assert.equal(line.size, 7)
  assert.deepEqual(
    line.drain().map(({ id }) => id),
    [1, 4, 5, 6, 0, 2, 3],
  )
  assert.equal(line.size, 0)
  for (let round = 0; round < 3; round++) {
    for (let id = 0; id < 5000; id++) line.push(waiting(id))
    for (let id = 0; id < 5000; id++) assert.equal(line.shift()?.id, id)
  }
})

/** A task in line that tells when its state is looked at. */
function watched(id: number, priority: number, look: () => void): ModelTask {
  let state: TaskState = 'waiting'
  const get = (): TaskState => {
    look()
    return state
  }
  const set = (next: TaskState): void => {
    state = next
  }
  return Object.defineProperty(task(id, priority), 'state', { get, set })
}

test('the line lets go of tasks that were cancelled: the next is found without them', () => {
  const line = new WaitingLine<ModelTask>()
  let looks = 0
  const look = (): number => looks++
  line.push(watched(-1, -1, look))
  for (let id = 0; id < 3000; id++) {
    const each = watched(id, id % 40, look)
    line.push(each)
    each.state = 'settled'
    line.drop()
  }
  looks = 0
  assert.equal(line.shift()?.id, -1)
  assert.ok(looks < 600, `${looks} looks`)
  assert.deepEqual([line.size, line.shift()], [0, undefined])
})

test('where nobody waits any more, the line keeps nobody who was cancelled', () => {
  for (const isAlone of [true, false]) {
    const line = new WaitingLine<ModelTask>()
    let looks = 0
    const cancelled = watched(0, 0, () => looks++)
    if (!isAlone) line.push(Object.assign(task(1), { state: 'waiting' as const }))
    line.push(cancelled)
    cancelled.state = 'settled'
    line.drop()
    if (!isAlone) assert.equal(line.shift()?.id, 1)
    looks = 0
    line.push(Object.assign(task(2), { state: 'waiting' as const }))
    assert.equal(line.shift()?.id, 2)
    assert.equal(looks, 0, 'it is not there to be passed over')
  }
})

test('the line keeps its order over many priorities that come and go', () => {
  const line = new WaitingLine<ModelTask>()
  const push = (priority: number): void =>
    line.push(Object.assign(task(priority, priority), { state: 'waiting' as const }))
  for (let priority = 0; priority < 500; priority++) {
    push((priority * 7919) % 500)
    if (priority % 3 === 0) line.shift()
  }
  const left = line.drain().map(({ id }) => id)
  assert.deepEqual(
    left,
    left.toSorted((a, b) => b - a),
  )
  push(1)
  push(2)
  assert.deepEqual(
    line.drain().map(({ id }) => id),
    [2, 1],
  )
})

/** Every state and event of a table: what is not in it is refused as our own fault. */
function holds<S extends string, E extends string>(name: string, table: StateTable<S, E>): void {
  test(`${name}: the table is followed, and nothing else is possible`, () => {
    const move = machine(table)
    const events = new Set(table.transitions.map(({ event }) => event))
    for (const from of table.states) {
      for (const event of events) {
        const thing = { state: from }
        const found = table.transitions.find(each => each.from === from && each.event === event)
        if (found) assert.equal(move(thing, event), found.to)
        else assert.throws(() => move(thing, event), { code: 'INTERNAL' })
        assert.equal(thing.state, found?.to ?? from)
      }
    }
  })
}
holds<TaskState, string>('a task', TASK_STATES)
holds<WorkerState, string>('a worker', WORKER_STATES)

test('spares: started when all serve, promoted when one goes, and then replaced', () => {
  const { plan, worker, ready, submit, finish } = planOf({ workers: 2, spares: 1 })
  const refill = (): string[] => words(plan.handle({ kind: 'refill' }))
  assert.deepEqual(ready(1), ['watchIdle 1'])
  assert.deepEqual(ready(2), ['refillSoon', 'watchIdle 2'])
  assert.deepEqual(refill(), ['start 3'])
  assert.deepEqual(ready(3), [])
  assert.equal(worker(3).state, 'spare')
  assert.equal(plan.staff, 2)
  const [a, b, c] = [task(0), task(1), task(2)]
  assert.deepEqual(submit(a, b, c), ['send 1: 0', 'send 2: 1'], 'a spare gets nothing')
  assert.deepEqual(
    words(plan.handle({ kind: 'died', worker: worker(1), begun: [a], waiting: [] })),
    ['fail 0', 'refillSoon', 'send 3: 2'],
    'it takes the place at once',
  )
  assert.equal(worker(3).state, 'serving')
  assert.deepEqual(refill(), ['start 4'])
  finish(3, [c])
  assert.deepEqual(words(plan.handle({ kind: 'close' })), ['retire 3'])
})

test('spares: who has had its number of tasks has a successor before it is done', () => {
  const { plan, worker, ready, submit } = planOf({ workers: 1, maxTasksPerChild: 1, spares: 1 })
  assert.deepEqual(ready(1), ['refillSoon', 'watchIdle 1'])
  plan.handle({ kind: 'refill' })
  ready(2)
  assert.deepEqual(submit(task(0), task(1)), [
    'send 1: 0',
    'retire 1',
    'refillSoon',
    'send 2: 1',
    'retire 2',
    'start 3',
  ])
  assert.equal(worker(2).state, 'retiring')
  assert.deepEqual(words(plan.handle({ kind: 'refill' })), [], 'who is needed comes first')
  assert.deepEqual(ready(3), ['refillSoon', 'watchIdle 3'])
})

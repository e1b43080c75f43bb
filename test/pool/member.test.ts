import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Member, type MemberEars } from '../../src/pool/member.ts'
import type { PlanWorker } from '../../src/pool/plan-words.ts'
import type { Task } from '../../src/pool/task.ts'
import type { Worker } from '../../src/worker/index.ts'
import { until } from './support.ts'

/*
 * When what a worker has not begun is taken back from it: not while it reads, for the same would be sent once more
 * behind what is on the road.
 */

function memberWith(plan: Partial<PlanWorker>): {
  member: Member
  plan: PlanWorker
  worker: { hasMuchToRead: boolean; isBetweenCalls: boolean; takenBack: number }
} {
  const worker = {
    name: 'worker',
    hasMuchToRead: true,
    isBetweenCalls: true,
    takenBack: 0,
    notBegun: (): Task[] => [],
    takeBack(): void {
      worker.takenBack++
    },
  }
  const whole = { state: 'serving', stuck: true, ...plan } as PlanWorker
  const member = new Member(whole, 1000, {} as MemberEars)
  member.worker = worker as unknown as Worker<Task>
  return { member, plan: whole, worker }
}

const turns = async (ms: number): Promise<void> => {
  const end = performance.now() + ms
  while (performance.now() < end) await new Promise(setImmediate)
}

test('at once from one that has little to read, is in a call, or is not at work yet', () => {
  for (const change of [{ hasMuchToRead: false }, { isBetweenCalls: false }]) {
    const { member, worker } = memberWith({})
    Object.assign(worker, change)
    member.takeBack(false)
    assert.equal(worker.takenBack, 1, JSON.stringify(change))
  }
  const { member, worker } = memberWith({ state: 'starting' })
  member.takeBack(false)
  assert.equal(worker.takenBack, 1)
})

test('at once where nobody is to run it', () => {
  const { member, worker } = memberWith({})
  member.takeBack(true)
  assert.equal(worker.takenBack, 1)
})

test('not from one that reads; as soon as it is in a call for long', async () => {
  const { member, worker } = memberWith({})
  member.takeBack(false)
  member.takeBack(false)
  await turns(60)
  assert.equal(worker.takenBack, 0)
  // What was written may be read, and the road empty, long before anything is begun.
  worker.hasMuchToRead = false
  await turns(60)
  assert.equal(worker.takenBack, 0)
  worker.isBetweenCalls = false
  await until(() => worker.takenBack > 0, 'it is taken back')
  assert.equal(worker.takenBack, 1)
})

test('not at all from one that has got on meanwhile', async () => {
  const { member, worker, plan } = memberWith({})
  member.takeBack(false)
  await turns(5)
  plan.stuck = false
  await turns(40)
  worker.isBetweenCalls = false
  await turns(40)
  assert.equal(worker.takenBack, 0)
  // And again when it is stuck once more.
  plan.stuck = true
  member.takeBack(false)
  assert.equal(worker.takenBack, 1)
})

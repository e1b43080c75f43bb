import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Choice, Tuner } from '../../src/pool/tuner.ts'

/*
 * The tuner on models of work, with a clock of their own. What it does to real pools is in auto.test.ts.
 */

/** Milliseconds of a task: so long it computes, so long it waits. */
interface Work {
  readonly cpu: number
  readonly wait: number
  /** It computes without giving way: then it matters not how many tasks a worker may run at once. */
  readonly sync?: boolean
  /** So many may wait at once for whatever they wait for: a server's limit. */
  readonly limit?: number
}

const CPUS = 4
/** Ticks of the model, in milliseconds. */
const TICK = 50

/** Calls a millisecond that so many workers do with so many tasks at once each. */
function rateOf(
  { cpu, wait, sync, limit }: Work,
  { workers, concurrency }: Pick<Choice, 'workers' | 'concurrency'>,
): number {
  const cores = Math.min(workers, CPUS) / cpu
  if (sync) return cores
  const slots = Math.min(workers * concurrency, limit ?? Number.POSITIVE_INFINITY)
  return Math.min(cores, slots / (cpu + wait))
}

/** A pool of the model under a tuner, with a log of what was chosen. */
class Model {
  readonly tuner: Tuner
  readonly log: string[] = []
  time = 0
  done = 0
  taskTime = 0
  idle = 0
  active = 0
  changes = 0
  readonly #noise: () => number

  constructor(
    options: {
      workers?: number | 'auto'
      concurrency?: number | 'auto'
      noise?: () => number
      most?: () => number
    } = {},
  ) {
    const { workers = 'auto', concurrency = 'auto', noise = () => 1, most = () => CPUS } = options
    this.tuner = new Tuner({ workers, concurrency, mostWorkers: most })
    this.#noise = noise
  }

  run(work: Work, ms: number, backlog = true): void {
    for (const end = this.time + ms; this.time < end; ) this.#tick(work, backlog)
  }

  #tick(work: Work, backlog: boolean): void {
    const { workers, concurrency } = this.tuner.choice
    const rate = rateOf(work, this.tuner.choice) * this.#noise()
    const tasks = rate * TICK
    this.time += TICK
    this.done += tasks
    // Little's law: what is under way, divided by the rate.
    this.taskTime +=
      tasks * (work.sync ? work.cpu : Math.max(work.cpu + work.wait, (workers * concurrency) / rate))
    const active = Math.min(1, (rate * work.cpu) / workers) * workers * TICK
    this.active += active
    this.idle += workers * TICK - active
    const { time, done, taskTime, idle } = this
    const choice = this.tuner.observe({
      time,
      workers,
      done,
      tasks: done,
      taskTime,
      idle,
      active: this.active,
      backlog,
    })
    if (!choice) return
    this.changes++
    this.log.push(`${time} ms: ${choice.workers} × ${choice.concurrency}, ${choice.why}`)
  }

  /** How near to the best that any numbers could do. */
  share(work: Work): number {
    const best = rateOf(work, { workers: CPUS, concurrency: 1e6 })
    return rateOf(work, this.tuner.choice) / best
  }
}

const COMPUTES: Work = { cpu: 20, wait: 0, sync: true }
const WAITS: Work = { cpu: 0.05, wait: 50 }

test('computations: as many workers as CPUs, one task each, and nothing is tried', () => {
  const model = new Model()
  model.run(COMPUTES, 60_000)
  assert.deepEqual([model.tuner.choice.workers, model.tuner.choice.concurrency], [CPUS, 1])
  assert.equal(model.changes, 0)
})

test('tasks that wait: many at once, within seconds', () => {
  const model = new Model({ workers: CPUS })
  model.run(WAITS, 4000)
  assert.ok(model.share(WAITS) > 0.85, model.log.join('\n'))
  assert.ok(model.tuner.choice.concurrency < 5000, model.log.join('\n'))
})

test('what waits for a server with a limit is not sent at it a thousand at a time', () => {
  const work = { cpu: 0.05, wait: 50, limit: 32 }
  const model = new Model({ workers: 2 })
  model.run(work, 60_000)
  const { workers, concurrency } = model.tuner.choice
  assert.ok(model.share(work) > 0.9, model.log.join('\n'))
  assert.ok(workers * concurrency <= 4 * 32, model.log.join('\n'))
})

test('work that changes: from computing to waiting and back', () => {
  const model = new Model({ workers: CPUS })
  model.run(COMPUTES, 5000)
  assert.equal(model.tuner.choice.concurrency, 1)
  model.run(WAITS, 6000)
  assert.ok(model.share(WAITS) > 0.85, model.log.join('\n'))
  model.run(COMPUTES, 6000)
  assert.equal(model.tuner.choice.concurrency, 1, model.log.join('\n'))
})

test('idle event loops: fewer workers do the same', () => {
  const work = { cpu: 0.01, wait: 50, limit: 40 }
  const model = new Model()
  model.run(work, 60_000)
  assert.ok(model.tuner.choice.workers < CPUS, model.log.join('\n'))
  assert.ok(model.share(work) > 0.9, model.log.join('\n'))
})

test('fewer CPUs than before: workers go', () => {
  let most = 8
  const model = new Model({ most: () => most, concurrency: 1 })
  model.run(COMPUTES, 1000)
  assert.equal(model.tuner.choice.workers, 8)
  most = 3
  model.run(COMPUTES, 3000)
  assert.equal(model.tuner.choice.workers, 3)
  assert.match(model.tuner.choice.why, /3 CPUs/)
})

test('with too little to do nothing is changed', () => {
  const model = new Model()
  model.run(WAITS, 60_000, false)
  assert.equal(model.changes, 0)
  assert.match(model.tuner.choice.why, /nothing/)
})

test('what did not help is tried again more and more rarely', () => {
  const work = { cpu: 0.01, wait: 50, limit: 16 }
  const model = new Model({ workers: 2 })
  model.run(work, 30_000)
  const early = model.changes
  model.run(work, 60_000)
  assert.ok(model.changes - early < 16, model.log.join('\n'))
})

/**
 * Shows a tuner a pool of two workers that does so many calls a millisecond with event loops so busy, until it chooses
 * other numbers: how many tasks at once, and after how many milliseconds. `undefined` where it leaves them.
 */
function shower(tuner: Tuner, taskTime = 1): (rate: number, busy: number) => [number, number] | undefined {
  const sums = { time: 0, done: 0, active: 0, idle: 0 }
  return (rate, busy) => {
    const began = sums.time
    while (sums.time < began + 5000) {
      sums.time += TICK
      sums.done += rate * TICK
      sums.active += 2 * busy * TICK
      sums.idle += 2 * (1 - busy) * TICK
      const { done } = sums
      const seen = { ...sums, tasks: done, taskTime: done * taskTime, workers: 2, backlog: true }
      const choice = tuner.observe(seen)
      if (choice) return [choice.concurrency, sums.time - began]
    }
    return undefined
  }
}
const twoWorkers = (): Tuner => new Tuner({ workers: 2, concurrency: 'auto', mostWorkers: () => CPUS })

test('each row of the guide, step by step', () => {
  // Rates and how busy event loops are go up together: a call is the same all the time.
  const show = shower(twoWorkers())
  const chosen = (rate: number, busy: number): number | undefined => show(rate, busy)?.[0]
  assert.equal(chosen(1, 0.1), 4, 'below 25 % busy: four times as many')
  assert.equal(chosen(4, 0.4), 8, 'below 85 % busy: twice as many')
  assert.equal(chosen(5, 0.5), 5, 'it brought less than 70 % of what it could: 70 % as many')
  assert.equal(chosen(5, 0.5), 3, 'and once more, while nothing is lost')
  assert.equal(chosen(4.5, 0.45), 5, 'something is: back')
  assert.equal(chosen(5, 0.5), 10, 'up again')
  assert.equal(chosen(5.1, 0.51), 5, 'less than 5 % more: back')

  const busy = shower(twoWorkers())
  assert.equal(busy(1, 0.2)?.[0], 4)
  assert.equal(busy(4, 0.9), undefined, 'between 85 and 95 %: it stays')
  assert.equal(busy(4, 0.96)?.[0], 2, 'above 95 %: half as many')
  assert.equal(busy(3.85, 0.96)?.[0], 1, 'that costs less than 5 %')
  assert.equal(busy(3.7, 0.96)?.[0], 2, 'less than 5 % again, but more in all: back')
})

test('a change has so long to show as tasks take, and a few calls are no measurement', () => {
  const quick = shower(twoWorkers())(1, 0.1)
  assert.ok(quick && quick[1] < 500, 'settled and measured')
  const tuner = twoWorkers()
  const slow = shower(tuner, 1000)
  assert.equal(slow(0.05, 0.1)?.[0], 4)
  const [, next] = slow(0.2, 0.4) ?? []
  assert.ok(next && next >= 1200 + 2000, `${next} ms: settled for 1.2 tasks, measured over 2`)
  const few = shower(twoWorkers())(0.01, 0.1)
  assert.ok(few && few[1] >= 2000, '20 calls take 2 seconds')
})

test('nothing is measured before the workers are there', () => {
  const tuner = new Tuner({ workers: 3, concurrency: 'auto', mostWorkers: () => CPUS })
  assert.equal(shower(tuner)(1, 0.1), undefined, 'two of three')
})

test('a fixed number stays', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 30, noNaN: true }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      (cpu, wait) => {
        const workers = new Model({ workers: 3 })
        const tasks = new Model({ concurrency: 7 })
        workers.run({ cpu, wait }, 10_000)
        tasks.run({ cpu, wait }, 10_000)
        assert.equal(workers.tuner.choice.workers, 3)
        assert.equal(tasks.tuner.choice.concurrency, 7)
      },
    ),
    { numRuns: 40 },
  )
})

test('on any work, with some noise, it is within a fifth of the best for three quarters of the time at least', () => {
  const seeded = (seed: number): (() => number) => {
    let state = seed
    return () => {
      state = (state * 48_271) % 2_147_483_647
      return 0.95 + (0.1 * state) / 2_147_483_647
    }
  }
  fc.assert(
    fc.property(
      fc.record({
        cpu: fc.double({ min: 0.02, max: 20, noNaN: true }),
        wait: fc.double({ min: 0, max: 200, noNaN: true }),
        sync: fc.boolean(),
      }),
      fc.integer({ min: 1, max: 1e6 }),
      (work, seed) => {
        const model = new Model({ noise: seeded(seed) })
        model.run(work, 30_000)
        const shares: number[] = []
        for (let look = 0; look < 40; look++) {
          model.run(work, 500)
          shares.push(model.share(work))
        }
        shares.sort((a, b) => a - b)
        assert.ok((shares[10] ?? 0) > 0.8, `${shares.join(' ')}\n${model.log.slice(-20).join('\n')}`)
      },
    ),
    { numRuns: 100 },
  )
})

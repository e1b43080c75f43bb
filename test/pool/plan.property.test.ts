import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { CrewModel } from './crew-model.ts'

/*
 * Random histories of a pool, against a crew that obeys: whatever happens in whichever order, every task is settled
 * once, nothing is run more often than it may, and after a close everything ends.
 */

type Step = readonly [what: string, a: number, b: number]

const number = fc.nat(7)
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant('submit'), fc.nat(2), fc.nat(2)) },
    { weight: 4, arbitrary: fc.tuple(fc.constant('flush'), number, number) },
    { weight: 4, arbitrary: fc.tuple(fc.constant('ready'), number, number) },
    { weight: 5, arbitrary: fc.tuple(fc.constant('begin'), number, number) },
    { weight: 6, arbitrary: fc.tuple(fc.constant('finish'), number, fc.nat(3)) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('cancel'), fc.nat(50), fc.nat(1)) },
    { weight: 4, arbitrary: fc.tuple(fc.constant('takeBack'), number, number) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('stubborn'), number, number) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('die'), number, number) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('leave'), number, number) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('unmade'), number, number) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('makeUp'), number, number) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('balance'), number, number) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('check'), number, number) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('idle'), number, number) },
    { weight: 2, arbitrary: fc.tuple(fc.constant('refill'), number, number) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('resize'), fc.nat(3), fc.nat(2)) },
  ),
  { maxLength: 120, size: 'max' },
)
const options = fc.record({
  workers: fc.integer({ min: 1, max: 4 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  maxTasksPerChild: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  spares: fc.nat(2),
  onDemand: fc.boolean(),
  shrinks: fc.boolean(),
})

const RUNS = Number(process.env['MANYCORE_RUNS'] ?? 2000)

/** How long tasks take: some very short, so that lines become deep. */
const TIMES = [0.01, 0.5, 3, 50]

function take(model: CrewModel, [what, a, b]: Step): void {
  switch (what) {
    case 'submit':
      return model.submit(a, b)
    case 'flush':
      return model.flush()
    case 'ready':
      return model.ready(a)
    case 'begin':
      return model.begin(a)
    case 'finish':
      return model.finish(a, a % 3 === 0, TIMES[b] as number)
    case 'cancel':
      return model.cancel(a, b === 1)
    case 'takeBack':
      return model.takeBack(a)
    case 'stubborn':
      return model.stubborn(a)
    case 'die':
      return model.die(a)
    case 'unmade':
      return model.unmade(a)
    case 'makeUp':
      return model.makeUp()
    case 'leave':
      return model.leave(a)
    case 'balance':
      return model.balance()
    case 'check':
      return model.checkBusy()
    case 'idle':
      return model.idle(a)
    case 'refill':
      return model.refill()
    case 'resize':
      return model.resize(a + 1, b + 1)
  }
}

function live(model: CrewModel, history: readonly Step[]): void {
  for (const step of history) {
    take(model, step)
    model.check()
  }
}

test('every history that is closed ends, with each task settled once', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(options, steps, steps, (given, before, after) => {
      const model = new CrewModel(given)
      live(model, before)
      model.close()
      live(model, after)
      model.runOut()
      model.check()
      assert.equal(model.ended, 1, model.describe())
      assert.ok(model.tasks.every(task => task.state === 'settled' && task.told === 1))
    }),
    { numRuns: RUNS },
  )
})

test('every history whose waiting tasks are dropped ends, with each task settled once', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(options, steps, steps, (given, before, after) => {
      const model = new CrewModel(given)
      live(model, before)
      model.dropWaiting()
      live(model, after)
      model.runOut()
      model.check()
      assert.equal(model.ended, 1, model.describe())
      assert.ok(model.tasks.every(task => task.state === 'settled' && task.told === 1))
    }),
    { numRuns: RUNS },
  )
})

test('every history that is stopped ends, with each task settled once', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(options, steps, fc.boolean(), steps, (given, before, closed, after) => {
      const model = new CrewModel(given)
      live(model, before)
      if (closed) model.close()
      model.stop()
      live(model, after)
      model.runOut()
      model.check()
      assert.equal(model.ended, 1, model.describe())
      assert.ok(model.tasks.every(task => task.state === 'settled' && task.told === 1))
    }),
    { numRuns: RUNS },
  )
})

test('an open pool settles everything too, and goes on', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(options, steps, (given, history) => {
      const model = new CrewModel(given)
      live(model, history)
      model.runOut()
      model.check()
      assert.equal(model.ended, model.gaveUp ? 1 : 0)
    }),
    { numRuns: RUNS },
  )
})

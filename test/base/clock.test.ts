import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import timers from 'node:timers'
import { after, every, machineClock, now } from '../../src/base/index.ts'
import { runProgram } from '../support/index.ts'

const CLOCK = new URL('../../src/base/clock.js', import.meta.url).href
/** A clock that takes the timers of this moment for the platform's. */
const clockOf = (copy: string): Promise<typeof import('../../src/base/clock.ts')> =>
  import(`${CLOCK}?${copy}`)
/** What one timer of the platform can count. */
const LONGEST = 2 ** 31 - 1

test('now counts milliseconds and never goes back', { timeout: 30_000 }, async () => {
  const before = now()
  await new Promise<void>(resolve => void after(20, resolve))
  const passed = now() - before
  assert.ok(passed >= 19, `${passed} ms`) // A timer may fire up to one millisecond early by this clock.
  const readings = Array.from({ length: 1000 }, now)
  assert.deepEqual(
    readings,
    readings.toSorted((a, b) => a - b),
  )
})

test('the clock of the machine is the same in other processes, whatever the date is there', {
  timeout: 30_000,
}, async () => {
  const { stdout } = await runProgram(
    `import { machineClock } from ${JSON.stringify(CLOCK)}
    Object.defineProperty(performance, 'timeOrigin', { value: performance.timeOrigin - 3_600_000 })
    console.log(machineClock())`,
  )
  const passed = machineClock() - Number(stdout)
  assert.ok(passed >= 0 && passed < 10_000, `${passed} ms`)
})

test("clocks that a program puts in the place of the platform's do not stop these", {
  timeout: 30_000,
}, async () => {
  // Before anything was timed, and by a worker's first call.
  for (const early of [false, true]) {
    const { stdout } = await runProgram(`
      import { endEarly, machineClock, now, startEarly } from ${JSON.stringify(CLOCK)}
      if (${early}) startEarly()
      const system = process.hrtime.bigint
      performance.now = () => 0
      Object.defineProperty(globalThis, 'performance', { value: { now: () => 0, timeOrigin: 0 } })
      process.hrtime = Object.assign(() => [0, 0], { bigint: () => 0n })
      const wait = () => { for (const end = system() + 3_000_000n; system() < end; ); }
      const passed = []
      for (const clock of [now, machineClock, () => endEarly(), now, machineClock]) {
        const before = clock()
        wait()
        passed.push(clock() - before)
      }
      console.log(passed.map(ms => ms >= 3).join())`)
    assert.equal(stdout.trim(), 'true,true,false,true,true')
  }
})

test('a clock that began early goes on evenly', { timeout: 30_000 }, async () => {
  const program = `
    import { endEarly, isEarly, now, startEarly, wallClock } from ${JSON.stringify(CLOCK)}
    const system = () => Number(process.hrtime.bigint()) / 1e6
    // The least of many: between two readings this process may have to wait.
    const apart = (one, other) => {
      let least = Infinity
      for (let i = 0; i < 100; i++) {
        const [before, there, after] = [one(), other(), one()]
        if (after - before < least) least = after - before
        if (after - before === least) apart.last = there - before
      }
      return apart.last
    }
    startEarly()
    const early = apart(system, now)
    const wall = Number.isInteger(wallClock())
    endEarly()
    const later = apart(system, now)
    const told = { early, later, wall, isEarly: isEarly(), date: Math.abs(wallClock() - Date.now()) < 1000 }
    console.log(JSON.stringify(told))`
  const { stdout, stderr } = await runProgram(program)
  assert.equal(stderr, '')
  const { early, later, ...told } = JSON.parse(stdout) as Record<string, number | boolean>
  assert.ok(Math.abs((later as number) - (early as number)) < 0.2, `${early} ms, then ${later} ms`)
  assert.deepEqual(told, { wall: true, isEarly: false, date: true })
})

suite('after', () => {
  test('calls once, shorter waits first', { timeout: 30_000 }, async () => {
    const calls: string[] = []
    await new Promise<void>(resolve => {
      after(30, resolve)
      after(10, () => calls.push('second'))
      after(-5, () => calls.push('first'))
    })
    assert.deepEqual(calls, ['first', 'second'])
  })

  test('a cancelled one is never called', { timeout: 30_000 }, async () => {
    const timer = after(1, () => assert.fail('was cancelled'))
    timer.cancel()
    timer.cancel()
    await new Promise<void>(resolve => void after(20, resolve))
  })

  test('a part of a millisecond is not cut off', async t => {
    const started = t.mock.method(timers, 'setTimeout')
    const clock = await clockOf('a part of a millisecond')
    clock.after(1.2, () => {}).cancel()
    assert.equal(started.mock.calls[0]?.arguments[1], 2)
  })

  test('a wait longer than the platform can count goes on in parts', { timeout: 30_000 }, async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const clock = await clockOf('a wait in parts')
    let calls = 0
    clock.after(2 * LONGEST + 5, () => calls++)
    for (const ms of [LONGEST, LONGEST, 4]) t.mock.timers.tick(ms)
    assert.equal(calls, 0)
    t.mock.timers.tick(1)
    assert.equal(calls, 1)
  })

  test('a long wait can be cancelled in any of its parts', { timeout: 30_000 }, async t => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const clock = await clockOf('a cancelled wait')
    let calls = 0
    const timer = clock.after(2 * LONGEST, () => calls++)
    t.mock.timers.tick(LONGEST)
    timer.cancel()
    t.mock.timers.tick(LONGEST)
    assert.equal(calls, 0)
  })
})

test('every calls again and again until it is cancelled', { timeout: 30_000 }, async () => {
  let calls = 0
  await new Promise<void>(resolve => {
    const timer = every(1, () => {
      if (++calls < 3) return
      timer.cancel()
      resolve()
    })
  })
  await new Promise<void>(resolve => void after(20, resolve))
  assert.equal(calls, 3)
})

suite('keepAlive', () => {
  for (const call of ['after', 'every']) {
    test(`${call} with false lets the program end`, { timeout: 30_000 }, async () => {
      const done = await runProgram(
        `import { ${call} } from '${CLOCK}'
         ${call}(60_000, () => {}, { keepAlive: false })`,
        { timeout: 8000 },
      )
      assert.deepEqual([done.code, done.late], [0, false])
    })
  }

  test('after holds the program by default', { timeout: 30_000 }, async () => {
    const done = await runProgram(
      `import { after } from '${CLOCK}'
       after(50, () => console.log('called'))`,
    )
    assert.equal(done.stdout, 'called\n')
  })
})

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { eachKind, runProgram, tempDir } from '../support/index.ts'
import { LIMIT } from './support.ts'

/** What a library of fake timers does, and a test that forgets to undo it. */
function stopClocks(): void {
  const { timeOrigin } = performance
  const nothing = (): undefined => undefined
  const value = { timeOrigin, now: () => 0, eventLoopUtilization: nothing }
  Object.defineProperty(globalThis, 'performance', { value })
  process.hrtime = Object.assign(() => [0, 0] as [number, number], { bigint: () => 0n })
  const timers = { setTimeout: nothing, setInterval: nothing, setImmediate: nothing, clearTimeout: nothing }
  Object.assign(globalThis, timers, { queueMicrotask: nothing })
  Object.assign(process.getBuiltinModule('node:timers'), timers)
  process.nextTick = nothing
}

async function noteAndSpin(file: string, n: number): Promise<number> {
  const { appendFileSync } = await import('node:fs')
  appendFileSync(file, `${n}\n`)
  // The date still goes on.
  for (const end = Date.now() + (n % 10 === 0 ? 60 : 1); Date.now() < end; );
  return n
}

eachKind(kind => {
  test('a program that stops its clocks gets results, and limits are kept', LIMIT, async () => {
    const { stdout, stderr, code } = await runProgram(`
      import { ${kind.Pool.name}, Lock } from 'manycore'
      (${String(stopClocks)})()
      const pool = new ${kind.Pool.name}(2)
      console.log(await pool.map(n => n * 2, [1, 2, 3]))
      const late = call => call.catch(({ code }) => console.log(code))
      await late(pool.apply(() => new Promise(() => {}), [], { timeout: 20 }))
      await late(pool.apply(() => { for (;;); }, [], { timeout: 20 }))
      const lock = new Lock()
      await lock.acquire()
      await late(lock.acquire({ timeout: 20 }))
      console.log(await pool.apply(() => 'another'))
      pool.close()
      console.log(await pool.join())`)
    assert.equal(stderr, '')
    assert.equal(stdout, '[ 2, 4, 6 ]\nTASK_TIMEOUT\nTASK_TIMEOUT\nLOCK_TIMEOUT\nanother\ntrue\n')
    assert.equal(code, 0)
  })

  for (const first of [true, false]) {
    const when = first ? 'its first call' : 'a later call'
    test(`a worker whose clocks stand still from ${when} on runs each call once`, LIMIT, async () => {
      const pool = new kind.Pool({ processes: 2 })
      if (!first) await pool.map((n: number) => n, [1, 2, 3, 4])
      await Promise.all([pool.apply(stopClocks), pool.apply(stopClocks)])
      const file = `${tempDir().path}/calls`
      writeFileSync(file, '')
      const numbers = Array.from({ length: 200 }, (_, n) => n)
      const results = await Promise.all(numbers.map(n => pool.apply(noteAndSpin, [file, n])))
      assert.deepEqual(results, numbers)
      assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, 200)
      assert.equal(pool.stats().deaths, 0)
      await pool.terminate()
    })
  }
})

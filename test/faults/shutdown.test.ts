import assert from 'node:assert/strict'
import { afterEach, describe } from 'node:test'
import { Process } from 'manycore'
import { eachKind, everyFew, rounds } from '../support/index.ts'
import {
  cell,
  clearUp,
  coded,
  DEADLINE,
  expectCleanEnd,
  expectUsable,
  outcome,
  PATIENCE,
  poolOf,
  possible,
  thrown,
} from './cells.ts'
import { duringRun, FAULTS, type Fault, HUGE, misdeed } from './fixtures/misdeeds.ts'

/* The end of a pool while everything goes wrong. */

/** Prepares its worker to go wrong when it is asked to end. */
function atExit(fault: Fault): string {
  process.on('exit', () => {
    misdeed(fault)
  })
  return 'prepared'
}

function becomesUnresponsive(signal: NodeJS.Signals): string {
  process.on(signal, () => {})
  return 'deaf'
}

const AT_EXIT: readonly Fault[] = ['throws', 'exits', 'is killed', 'runs out of memory', 'never answers']

eachKind(kind => {
  afterEach(clearUp)

  describe('terminate()', () => {
    // In `npm test` half of them on threads, the other half on processes.
    for (const fault of everyFew(FAULTS, kind.pick(1, 0), 2).filter(each => possible(kind, each))) {
      cell(`while a task ${fault}`, async () => {
        const pool = poolOf(kind)
        await expectUsable(pool)
        const tasks = [fault, fault, fault, undefined].map(each => outcome(pool.apply(duringRun, [each])))
        const results = pool.imap(duringRun, [fault, undefined, fault])
        const read = outcome(results.next())
        await new Promise(resolve => setImmediate(resolve))
        await pool.terminate()
        assert.equal((await Promise.all(tasks)).length, 4, 'each task is settled')
        await read
        coded('POOL_CLOSED')(await outcome(pool.apply(duringRun, [undefined])))
      })
    }

    cell('while megabytes are on their way back', async () => {
      const pool = poolOf(kind)
      await expectUsable(pool)
      const tasks = Array.from({ length: 6 }, () => outcome(pool.apply(duringRun, ['is huge' as Fault])))
      await Promise.race(tasks)
      await pool.terminate()
      for (const each of await Promise.all(tasks)) {
        if ('error' in each) coded('TASK_CANCELLED')(each)
      }
    })

    cell('while megabytes are on their way there', async () => {
      const pool = poolOf(kind)
      await expectUsable(pool)
      const load = new Uint8Array(HUGE)
      const tasks = [1, 2, 3].map(() => outcome(pool.apply((bytes: Uint8Array) => bytes.length, [load])))
      await new Promise(resolve => setImmediate(resolve))
      await pool.terminate()
      for (const each of await Promise.all(tasks)) {
        if ('error' in each) coded('TASK_CANCELLED')(each)
      }
    })

    cell('at once after the start', async () => {
      for (let round = 0; round < rounds(2, 5); round++) {
        const pool = poolOf(kind)
        const task = outcome(pool.apply(duringRun, [undefined]))
        await pool.terminate()
        coded('TASK_CANCELLED')(await task)
      }
    })

    cell('twice, and after close()', async () => {
      const pool = poolOf(kind)
      const task = outcome(pool.apply(duringRun, ['never settles' as Fault]))
      pool.close()
      await Promise.all([pool.terminate(), pool.terminate(), pool.join()])
      coded('TASK_CANCELLED')(await task)
    })

    cell('of workers that listen for SIGTERM and do not end', async () => {
      const pool = poolOf(kind)
      await pool.map(becomesUnresponsive, ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      await pool.terminate()
    })
  })

  describe('close()', () => {
    for (const fault of everyFew(AT_EXIT, kind.pick(1, 0), 2).filter(each => possible(kind, each))) {
      cell(`of a pool whose workers' exit handler ${fault}`, async () => {
        const pool = poolOf(kind)
        await pool.map(atExit, [fault, fault], { chunksize: 1 })
        pool.close()
        // What never ends by itself is the program's to end: close() cuts nobody short.
        const endless = fault === 'never answers'
        assert.equal(await pool.join({ timeout: endless ? PATIENCE : DEADLINE }), !endless)
        await pool.terminate()
      })
    }

    cell('process.exit() in a task, where an exit handler throws', async () => {
      const pool = poolOf(kind, { processes: 1 })
      await pool.apply(atExit, ['throws' as Fault])
      // What the handler threw came out of process.exit(), so it is the task's error. The worker ends all the same.
      thrown(await outcome(pool.apply(duringRun, ['exits' as Fault])))
      await expectUsable(pool)
      await expectCleanEnd(pool)
    })

    cell('while workers die: what was accepted is settled', async () => {
      const pool = poolOf(kind)
      const faults: (Fault | undefined)[] = ['exits', undefined, 'throws', undefined, 'exits', undefined]
      const tasks = faults.map(fault => outcome(pool.apply(duringRun, [fault])))
      pool.close()
      await pool.join()
      const found = await Promise.all(tasks)
      assert.deepEqual(
        found.filter(each => 'value' in each),
        [{ value: 'fine' }, { value: 'fine' }, { value: 'fine' }],
      )
    })

    cell('straight after the start', async () => {
      const pool = poolOf(kind)
      await expectCleanEnd(pool)
    })
  })

  describe('a worker that takes long to end', () => {
    cell('terminate() of one whose exit handler never ends', async () => {
      const worker = new kind.Worker({ target: () => atExit('never answers').length })
      worker.start()
      await worker.result()
      worker.terminate()
      if (!(await worker.join({ timeout: 1000 }))) worker.kill()
      await worker.join()
      assert.notEqual(worker.exitCode, null)
    })
  })

  if (kind.name === 'processes') {
    cell('a process that a signal does not reach ends by kill()', async () => {
      const worker = new Process({
        target: async () => {
          process.on('SIGTERM', () => {})
          await new Promise(resolve => setTimeout(resolve, 60_000))
        },
        daemon: true,
      })
      worker.start()
      worker.terminate()
      worker.kill()
      await worker.join()
      assert.ok(worker.exitCode === -9 || worker.exitCode === -15)
    })
  }
})

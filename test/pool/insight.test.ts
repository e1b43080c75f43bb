import assert from 'node:assert/strict'
import diagnostics from 'node:diagnostics_channel'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { test } from 'node:test'
import type { Pool, TaskEvent, WorkerEvent } from 'manycore'
import { Latencies } from '../../src/pool/latencies.ts'
import { eachKind, rounds, runProgram, startProgram, tempDir } from '../support/index.ts'
import { makePool, rejection, until, withPool } from './support.ts'

/*
 * What one can see of a pool: percentiles, event loops, channels, a trace, labelled output, progress.
 */

const limit = { timeout: 60_000 }
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const sleep = (ms: number): Promise<number> => new Promise(resolve => setTimeout(() => resolve(ms), ms))
const untilFile = async (path: string): Promise<void> => {
  while (!existsSync(path)) await sleep(50)
}
const spinUntilFile = (path: string): void => {
  while (!existsSync(path)) for (let n = 0; n < 1e6; n++);
}

/** What `manycore.*` channels say while `body` runs. */
async function heard(body: () => Promise<void>): Promise<[name: string, event: TaskEvent & WorkerEvent][]> {
  const names = [
    ...['submitted', 'begun', 'done', 'failed', 'cancelled'].map(each => `task.${each}`),
    ...['started', 'ready', 'died'].map(each => `worker.${each}`),
    ...['opened', 'closed'].map(each => `pool.${each}`),
  ]
  const list: [string, TaskEvent & WorkerEvent][] = []
  const listeners = names.map(name => {
    const listener = (event: unknown): void => void list.push([name, event as TaskEvent & WorkerEvent])
    diagnostics.subscribe(`manycore.${name}`, listener)
    return () => diagnostics.unsubscribe(`manycore.${name}`, listener)
  })
  try {
    await body()
  } finally {
    for (const stop of listeners) stop()
  }
  return list
}

interface Slice {
  readonly ph: string
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur: number
  readonly cat: string
  readonly args: Record<string, unknown>
}
const slicesOf = (path: string): Slice[] => JSON.parse(readFileSync(path, 'utf8')) as Slice[]

test('percentiles are within a hundredth, from a microsecond to hours', () => {
  assert.equal(new Latencies().percentiles, undefined)
  const times = new Latencies()
  for (let ms = 1; ms <= 1000; ms++) times.add(ms)
  const { count, min, max, mean, p50, p90, p99 } = times.percentiles ?? assert.fail()
  assert.equal(count, 1000)
  for (const [got, right] of [
    [min, 1],
    [max, 1000],
    [mean, 500],
    [p50, 500],
    [p90, 900],
    [p99, 990],
  ] as const)
    assert.ok(Math.abs(got - right) <= right * 0.01, `${got} for ${right}`)
  for (const odd of [0, 1e-9, -5, 1e12]) times.add(odd)
  assert.equal(times.percentiles?.min, 0.001)
})

eachKind(kind => {
  test('stats tell where the time of tasks goes', limit, () =>
    withPool(kind, { processes: 1 }, async pool => {
      assert.deepEqual(pool.stats().times, { wait: undefined, run: undefined, roundTrip: undefined })
      assert.equal(pool.stats().throughput, undefined)
      await Promise.all(range(4).map(() => pool.apply(sleep, [60])))
      const { wait, run, roundTrip } = pool.stats().times
      assert.equal(run?.count, 4)
      assert.ok((run?.min ?? 0) >= 58 && (run?.max ?? 0) < 5000, JSON.stringify(run))
      // The last one stood behind three others.
      assert.ok((wait?.max ?? 0) >= 170, JSON.stringify(wait))
      assert.ok((roundTrip?.max ?? 0) >= 235, JSON.stringify(roundTrip))
      assert.ok((pool.stats().throughput ?? 0) > 0)
    }),
  )

  test('of many tasks, a sample is measured', limit, () =>
    withPool(kind, {}, async pool => {
      const many = rounds(10_000, 30_000)
      await Promise.all(range(many).map(n => pool.apply(Math.abs, [n])))
      const { times, succeeded } = pool.stats()
      assert.equal(succeeded, many)
      assert.ok((times.run?.count ?? 0) >= 1 && (times.run?.count ?? 0) < many / 3, `${times.run?.count}`)
    }),
  )

  test('stats tell how busy event loops are: while they wait, and while they compute', limit, () =>
    withPool(kind, { processes: 2 }, async pool => {
      const folder = tempDir()
      const stop = `${folder.path}/stop`
      const waits = Promise.all([0, 0].map(() => pool.apply(untilFile, [stop])))
      const utilisations = (): (number | undefined)[] =>
        pool.stats().workers.list.map(worker => worker.utilisation)
      await until(() => utilisations().every(each => each !== undefined && each < 0.5), 'idle event loops')
      folder.write('stop', '')
      await waits
      rmSync(stop)
      const spins = Promise.all([0, 0].map(() => pool.apply(spinUntilFile, [stop])))
      await until(() => utilisations().every(each => each === 1), 'busy event loops')
      folder.write('stop', '')
      await spins
      folder.remove()
    }),
  )

  test('channels tell the life of tasks, workers and the pool', limit, async () => {
    const events = await heard(async () => {
      const pool = makePool(kind, { processes: 1, name: 'seen' })
      await pool.apply(sleep, [20])
      await rejection(pool.apply(() => Promise.reject(new Error('no'))))
      const late = pool.applyAsync(sleep, [10_000])
      await until(() => pool.stats().running === 1, 'running')
      late.cancel('enough')
      await rejection(late)
      await rejection(pool.apply(() => process.exit(3)))
      pool.close()
      await pool.join()
    })
    const ofTask = (task: number): string[] =>
      events.filter(([name, event]) => name.startsWith('task.') && event.task === task).map(([name]) => name)
    assert.deepEqual(ofTask(1), ['task.submitted', 'task.begun', 'task.done'])
    assert.deepEqual(ofTask(2), ['task.submitted', 'task.begun', 'task.failed'])
    assert.equal(ofTask(3).at(-1), 'task.cancelled')
    assert.equal(ofTask(4).at(-1), 'task.failed')
    const first = (name: string): TaskEvent & WorkerEvent =>
      events.find(each => each[0] === name)?.[1] ?? assert.fail(name)
    const done = first('task.done')
    assert.equal(done.pool, 'seen')
    assert.equal(done.name, 'sleep')
    assert.match(done.worker ?? '', kind.pick(/^PoolThread-1$/, /^PoolWorker-1$/))
    assert.ok((done.run ?? 0) >= 18 && (done.roundTrip ?? 0) >= (done.run ?? 0) && (done.wait ?? -1) >= 0)
    assert.match(String(first('task.cancelled').error), /enough/)
    const deaths = events.filter(([name]) => name === 'worker.died').map(([, event]) => event)
    const died = deaths.find(({ expected }) => !expected)
    assert.deepEqual([died?.exitCode, died?.signal], [3, null])
    assert.equal(first('worker.ready').worker, first('worker.started').worker)
    assert.deepEqual([events[0]?.[0], events.at(-1)?.[0]], ['pool.opened', 'pool.closed'])
  })

  test(
    'a trace: a lane for each worker, slices that do not overlap, two pools in one file',
    limit,
    async () => {
      const path = `${tempDir().path}/trace.json`
      for (const concurrency of [1, 3]) {
        await withPool(kind, { trace: path, concurrency, name: `with ${concurrency}` }, async pool => {
          await pool.map(
            sleep,
            range(12).map(() => 20),
            { chunksize: 1 },
          )
          await rejection(pool.apply(() => Promise.reject(new Error('no'))))
          pool.close()
          await pool.join()
        })
      }
      const events = slicesOf(path)
      const slices = events.filter(({ ph }) => ph === 'X')
      assert.equal(slices.length, 26)
      assert.equal(slices.filter(({ cat }) => cat === 'failed').length, 2)
      assert.equal(slices.filter(({ name, dur }) => name === 'sleep' && dur >= 19_000).length, 24)
      assert.match(JSON.stringify(slices.map(({ args }) => args['call'])), /sleep\(20\)/)
      const names = events.filter(({ name }) => name === 'process_name').map(({ args }) => args['name'])
      assert.deepEqual(
        names,
        ['with 1', 'with 3'].map(name => `${name} (${kind.pick('thread', 'process')})`),
      )
      assertApart(events)
      const lanes = new Set(slices.filter(({ pid }) => pid === 2).map(({ tid }) => tid))
      assert.ok(lanes.size > 2, 'tasks at once have lanes of their own')
    },
  )

  test('a trace shows what was begun, each try of it, and nothing else', limit, async () => {
    const path = `${tempDir().path}/trace.json`
    const begun = async (concurrency: number, body: (pool: Pool) => Promise<unknown>): Promise<number[]> => {
      rmSync(path, { force: true })
      await withPool(kind, { processes: 1, trace: path, concurrency }, body)
      assertApart(slicesOf(path))
      return slicesOf(path).flatMap(({ ph, dur }) => (ph === 'X' ? [Math.round(dur / 1000)] : []))
    }
    const waits = (pool: Pool, count: number): Promise<unknown> =>
      Promise.allSettled(range(count).map(() => pool.apply(sleep, [10_000])))

    const one = await begun(1, async pool => {
      await pool.apply(Math.abs, [1])
      const all = waits(pool, 3)
      await until(() => pool.stats().running === 1, 'running')
      await sleep(300)
      await pool.terminate()
      await all
    })
    assert.equal(one.length, 2)
    assert.ok((one[1] as number) >= 250, `${one[1]} ms`)
    const tries = await begun(1, pool => {
      const fail = (): Promise<never> => new Promise((_, no) => setTimeout(() => no(new Error('no')), 60))
      return rejection(pool.apply(fail, [], { retries: 1 }))
    })
    assert.equal(tries.length, 2)
    for (const ms of tries) assert.ok(ms >= 55 && ms < 2000, `${ms} ms`)
    const several = await begun(4, async pool => {
      const all = Promise.allSettled([
        ...range(3).map(() => pool.apply(sleep, [10_000])),
        pool.apply(() => new Promise(() => setTimeout(() => process.exit(3), 100))),
      ])
      await all
    })
    assert.equal(several.length, 4)
  })

  test('a trace is whole JSON while the program runs, and after kill -9', limit, async () => {
    const path = `${tempDir().path}/trace.json`
    const program = startProgram(`
      import { ${kind.pick('ThreadPool', 'Pool')} as Pool } from 'manycore'
      const pool = new Pool({ processes: 2, trace: ${JSON.stringify(path)} })
      for (let n = 0; ; n++) {
        await Promise.all(Array.from({ length: 50 }, () => pool.apply(Math.abs, [n])))
        if (n === 20) console.log('going')
      }`)
    await program.line(/going/)
    const slices = (): number => slicesOf(path).filter(({ ph }) => ph === 'X').length
    // A file that somebody writes to may be read half before and half after a write: then it is read again.
    const readable = (): boolean => {
      try {
        return slices() > 100
      } catch (error) {
        if (error instanceof SyntaxError) return false
        throw error
      }
    }
    await until(readable, 'slices')
    program.child.kill('SIGKILL')
    await program.done
    assert.ok(slices() > 100)
  })

  test('a trace is written to its end when the program exits', limit, async () => {
    const path = `${tempDir().path}/trace.json`
    const { code } = await runProgram(`
      import { ${kind.pick('ThreadPool', 'Pool')} as Pool } from 'manycore'
      const pool = new Pool({ processes: 1, trace: ${JSON.stringify(path)} })
      await Promise.all([1, 2, 3].map(n => pool.apply(Math.abs, [n])))
      process.exit(7)`)
    assert.equal(code, 7)
    assert.equal(slicesOf(path).filter(({ ph }) => ph === 'X').length, 3)
  })

  test('a trace that can not be written is refused at once', limit, () => {
    const path = `${tempDir().path}/none/trace.json`
    assert.throws(() => makePool(kind, { trace: path }), { code: 'TRACE_NOT_WRITTEN', path })
    assert.throws(() => makePool(kind, { trace: 5 as never }), { code: 'WRONG_OPTION' })
    assert.throws(() => makePool(kind, { labelOutput: 'yes' as never }), { code: 'WRONG_OPTION' })
  })

  test('printed lines have the name of their worker, on request', limit, async () => {
    const { stdout, stderr, code } = await runProgram(`
      import { ${kind.pick('ThreadPool', 'Pool')} as Pool } from 'manycore'
      const pool = new Pool({ processes: 1, labelOutput: true })
      await pool.apply(async () => {
        console.log('one\\ntwo')
        console.error('bad')
        process.stdout.write('thr')
        process.stdout.write('ee\\n')
        await new Promise(done => process.stdout.write(Buffer.from('four\\n'), done))
        await new Promise(done => process.stdout.write('5\\n', 'latin1', done))
      })
      pool.close()
      await pool.join()`)
    const name = kind.pick('PoolThread-1', 'PoolWorker-1')
    assert.equal(stdout, ['one', 'two', 'three', 'four', '5'].map(text => `[${name}] ${text}\n`).join(''))
    assert.equal(stderr, `[${name}] bad\n`)
    assert.equal(code, 0)
  })

  test('progress tells of failures too', limit, () =>
    withPool(kind, {}, async pool => {
      const told: unknown[] = []
      const odd = (n: number): number => {
        if (n % 2 === 0) throw new Error('even')
        return n
      }
      await rejection(pool.map(odd, range(10), { progress: (...all) => told.push(all) }))
      assert.deepEqual(told.at(-1), [10, 10, 5])
    }),
  )
})

/** Each slice has a lane with a name, and no two share one at a time. */
function assertApart(events: ReturnType<typeof slicesOf>): void {
  const slices = events.filter(({ ph }) => ph === 'X')
  for (const slice of slices) {
    const lane = slices.filter(({ pid, tid }) => pid === slice.pid && tid === slice.tid)
    const named = events.some(
      ({ name, pid, tid }) => name === 'thread_name' && pid === slice.pid && tid === slice.tid,
    )
    assert.ok(named, `lane ${slice.tid} has a name`)
    for (const other of lane) {
      if (other === slice) continue
      assert.ok(other.ts >= slice.ts + slice.dur - 1 || slice.ts >= other.ts + other.dur - 1, 'apart')
    }
  }
}

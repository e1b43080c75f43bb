import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noNativeCode, rounds, runProgram } from '../support/index.ts'

/*
 * Processes that a thread has started and not seen end are collected when the thread has ended, however it did.
 */

const LINUX = process.platform === 'linux' ? noNativeCode() : 'looks into /proc'
const LIMIT = { timeout: 60_000, ...(LINUX !== undefined && { skip: LINUX }) }

const HEAD = `
  import { readFileSync, readdirSync } from 'node:fs'
  import { Pool, Thread, ThreadPool } from 'manycore'
  /** Children of this process that are zombies, and all of them. */
  const children = (after = 0) => {
    const all = readdirSync('/proc').filter(name => /^[0-9]+$/.test(name) && Number(name) > after).flatMap(name => {
      try {
        const text = readFileSync('/proc/' + name + '/stat', 'latin1')
        const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ')
        return Number(parent) === process.pid ? [{ pid: Number(name), state }] : []
      } catch { return [] }
    })
    return { all, zombies: all.filter(({ state }) => state === 'Z') }
  }
  const none = async () => {
    const end = performance.now() + 10_000
    while (children().all.length > 0 && performance.now() < end) await new Promise(resolve => setTimeout(resolve, 20))
    return children().all.length === 0
  }
  const inner = async how => {
    const { Pool, currentTask } = await import('manycore')
    const pool = new Pool({ processes: 1 })
    const pids = await pool.map(() => process.pid, [1])
    if (how === 'exit') process.exit(0)
    if (how === 'throw') setTimeout(() => { throw new Error('by design') })
    if (how === 'wait' || how === 'throw') await new Promise(() => setInterval(() => {}, 1000))
    return pids.length
  }
`

async function lines(source: string, errors = /^$/): Promise<string[]> {
  const { stdout, stderr, code, late, left } = await runProgram(HEAD + source)
  assert.match(stderr, errors)
  assert.deepEqual([code, late, left], [0, false, []])
  return stdout.trim().split('\n')
}

test(
  'a thread that has a pool of processes and ends, however it does, leaves no zombies',
  LIMIT,
  async () => {
    const seen = await lines(
      `
    const ends = {
      return: thread => thread.result(),
      exit: thread => thread.join(),
      throw: thread => thread.join(),
      wait: async thread => {
        while (children().all.length < 1) await thread.join({ timeout: 20 })
        thread.terminate()
      },
    }
    for (const [how, end] of Object.entries(ends)) {
      const thread = new Thread({ target: inner, args: [how] }).start()
      await end(thread)
      await thread.join({ timeout: 1000 })
      if (thread.isAlive()) thread.terminate()
      await thread.join()
      console.log(how, await none())
    }`,
      /by design/,
    )
    assert.deepEqual(seen, ['return true', 'exit true', 'throw true', 'wait true'])
  },
)

test('a thread that is terminated while it starts a process leaves no zombie', LIMIT, async () => {
  const seen = await lines(`
    const start = async () => {
      const { Process } = await import('manycore')
      for (let n = 0; n < 4; n++) {
        new Process({ target: () => new Promise(() => setInterval(() => {}, 1000)), context: 'spawn' }).start()
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      await new Promise(() => setInterval(() => {}, 1000))
    }
    for (let round = 0; round < ${rounds(4, 12)}; round++) {
      const thread = new Thread({ target: start }).start()
      // At once: the child is there before the thread knows of it. Its number is above this program's, but for rare luck.
      const wanted = children(process.pid).all.length + 1 + (round % 4)
      const end = performance.now() + 5000
      while (children(process.pid).all.length < wanted && performance.now() < end) ;
      thread.terminate()
      await thread.join()
    }
    console.log(await none())`)
  assert.deepEqual(seen, ['true'])
})

test('threads of a pool that retire leave none either', LIMIT, async () => {
  const seen = await lines(`
    const pool = new ThreadPool({ processes: 1, maxTasksPerChild: 1 })
    for (let n = 0; n < 2; n++) console.log(await pool.apply(inner, ['return']))
    await pool.terminate()
    console.log(await none())`)
  assert.deepEqual(seen, ['1', '1', 'true'])
})

test("the program's own children are told of as ever, zombies or not", LIMIT, async () => {
  const seen = await lines(`
    import { spawn } from 'node:child_process'
    const child = spawn(process.execPath, ['-e', 'process.exit(7)'])
    const ended = new Promise(resolve => child.once('exit', code => resolve(code)))
    const pool = new Pool({ processes: 1 })
    const thread = new Thread({ target: inner, args: ['exit'] }).start()
    await thread.join()
    console.log(await ended, await pool.apply(() => 'serves'))
    await pool.terminate()
    console.log(await none())`)
  assert.deepEqual(seen, ['7 serves', 'true'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findTool, noNativeCode, runProgram } from '../support/index.ts'

/* What was dropped and not collected yet has its files open: a program that may open few gets by all the same. */

const SHELL = findTool('sh')
const limit = {
  timeout: 60_000,
  skip: noNativeCode() ?? (SHELL ? false : 'limits the number of files by a shell'),
}

async function withFiles(most: number, source: string): Promise<string> {
  const { stdout, stderr, code, left } = await runProgram(source, {
    node: SHELL as string,
    execArgv: ['-c', `ulimit -n ${most} && exec "$0" "$@"`, process.execPath],
    timeout: 50_000,
  })
  assert.deepEqual([stderr, code, left], ['', 0, []])
  return stdout.trim()
}

test('what is dropped again and again does not use up the files', limit, async () => {
  const stdout = await withFiles(
    256,
    `
    import { Queue, share, SharedArray } from 'manycore'
    const kept = Array.from({ length: 50 }, (_, i) => new SharedArray('d', [i]))
    for (let i = 0; i < 800; i++) {
      if (i % 3 === 0) new Queue()
      else if (i % 3 === 1) share({ numbers: [i] })
      else new SharedArray('d', 10)
      if (i % 20 === 0) await new Promise(setImmediate)
    }
    console.log(kept.every((array, i) => array[0] === i), 'gc' in globalThis)`,
  )
  assert.equal(stdout, 'true false')
})

test('nor where only few may be open', limit, async () => {
  const stdout = await withFiles(
    256,
    `
    import { Pool, SharedArray } from 'manycore'
    const pool = new Pool(1)
    for (let i = 0; i < 400; i++) {
      const array = new SharedArray('d', [i])
      if ((await pool.apply(array => array[0], [array])) !== i) throw new Error('another')
    }
    await pool.terminate()
    console.log('done')`,
  )
  assert.equal(stdout, 'done')
})

test('nor what a function captures that its worker has already', limit, async () => {
  const stdout = await withFiles(
    1024,
    `
    import { Pool, SharedArray } from 'manycore'
    const pool = new Pool(1)
    for (let i = 0; i < 1200; i++) {
      const array = new SharedArray('d', [i])
      const first = () => array[0]
      for (let again = 0; again < 2; again++) if ((await pool.apply(first)) !== i) throw new Error('another')
    }
    await pool.terminate()
    console.log('done')`,
  )
  assert.equal(stdout, 'done')
})

test('with no file left it is said what is short, and goes on when there are some again', limit, async () => {
  const stdout = await withFiles(
    200,
    `
    import { closeSync, openSync } from 'node:fs'
    import { Lock, SharedArray, SharedMemory } from 'manycore'
    const kept = [new Lock()]
    const memory = new SharedMemory({ create: true, size: 16 })
    const opened = []
    try {
      for (;;) opened.push(openSync('/dev/null'))
    } catch {}
    const fillsArenas = () => {
      for (let i = 0; i < 150_000; i++) kept.push(new Lock())
    }
    for (const make of [() => new SharedMemory({ name: memory.name }), () => new SharedArray('d', 3), fillsArenas]) {
      try {
        make()
        console.log('made')
      } catch ({ code, reason }) {
        console.log(code, reason)
      }
    }
    for (const file of opened) closeSync(file)
    console.log(new SharedArray('d', [1])[0], new SharedMemory({ name: memory.name }).size)
    kept.push(new Lock())
    memory.unlink()`,
  )
  assert.equal(stdout, `${'MEMORY_FULL too many files are open\n'.repeat(3)}1 16`)
})

test('those that were woken once and are gone use up no files', limit, async () => {
  const stdout = await withFiles(
    1024,
    `
    import { readdirSync } from 'node:fs'
    import { Queue, Thread } from 'manycore'
    const [ready, queue] = [new Queue(), new Queue()]
    const counts = []
    for (let i = 1; i <= 12; i++) {
      const thread = new Thread({ target: async () => {
        const waiting = queue.get()
        await ready.put(0)
        await waiting
      } }).start()
      await ready.get()
      await queue.put(i)
      await thread.join()
      if (i % 6 === 0) counts.push(readdirSync('/proc/self/fd').length)
    }
    console.log(counts[1] - counts[0] < 5 || counts)`,
  )
  assert.equal(stdout, 'true')
})

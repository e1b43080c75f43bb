import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'
import { LIMIT } from '../worker/support.ts'

/*
 * Programs that start workers at their top level. The entry script never runs again, so it may; a module that a
 * worker loads may not.
 */

for (const [name, head] of [
  ['main.mjs', "import { Process, Thread, Pool, ThreadPool } from 'manycore'"],
  ['main.cjs', "const { Process, Thread, Pool, ThreadPool } = require('manycore')"],
] as const) {
  test(`C159 an entry script (${name}) needs no guard: it never runs again`, LIMIT, async () => {
    const { code, stdout, stderr } = await runProgram(
      `${head}
      console.log('top level runs')
      const square = n => n * n
      const twice = n => square(n) + square(n)
      const main = async () => {
        for (const Kind of [Process, Thread]) console.log(await new Kind({ target: twice, args: [3] }).start().result())
        for (const Kind of [Pool, ThreadPool]) {
          const pool = new Kind(1)
          console.log(...await pool.map(twice, [1, 2]))
          pool.close()
          await pool.join()
        }
      }
      main()`,
      { name },
    )
    assert.equal(stdout, 'top level runs\n18\n18\n2 8\n2 8\n', stderr)
    assert.equal(stderr, '')
    assert.equal(code, 0)
  })
}

for (const [what, line, head = "import { Process, Thread, Pool, ThreadPool } from 'manycore'"] of [
  ['a Process', 'export const started = new Process({ target: work }).start()'],
  ['a Thread', 'export const started = new Thread({ target: work }).start()'],
  ['a Pool', 'export const started = new Pool(2)'],
  ['a ThreadPool', 'export const started = new ThreadPool(2)'],
  [
    'a Process, after a wait,',
    'await new Promise(resolve => setTimeout(resolve, 10)); export const started = new Process({ target: work }).start()',
  ],
  [
    'a Process, by a library that it waits for,',
    "const late = await import('manycore'); export const started = new late.Process({ target: work }).start()",
    '',
  ],
] as const) {
  test(`C159 a module that starts ${what} while a worker loads it gets a clear error`, LIMIT, async () => {
    const { stdout, stderr, left, late } = await runProgram(
      `import { Process, Thread } from 'manycore'
      import { work } from './module.mjs'
      for (const Kind of [Process, Thread]) {
        const worker = new Kind({ target: work }).start()
        const error = await worker.result().catch(error => error)
        await worker.join()
        for (let e = error; e; e = e.cause) console.log(Kind.name, worker.exitCode, e.code, e.module ?? '')
      }
      process.exit()`,
      {
        files: {
          'module.mjs': `${head}
            export function work() { return 'worked' }
            ${line}`,
        },
      },
    )
    assert.equal(late, false)
    for (const Kind of ['Process', 'Thread'])
      assert.match(stdout, new RegExp(`^${Kind} 1 STARTED_WHILE_LOADING .*module\\.mjs$`, 'm'))
    // The program's own one, from the top of the module, has the first number; it may not have got so far.
    for (const Kind of ['Process', 'Thread']) {
      const told = `^${Kind}-[12] .*ended by an error\\n.*was started while a worker was loading .*module\\.mjs`
      assert.match(stderr, new RegExp(told, 'm'))
    }
    assert.deepEqual(left, [])
  })
}

test('C159 what a loaded module starts later, from a function, is welcome', LIMIT, async () => {
  const { stdout, stderr } = await runProgram(
    `import { Process, Thread } from 'manycore'
    import { work, later } from './module.mjs'
    for (const Kind of [Process, Thread]) for (const target of [work, later]) {
      const worker = new Kind({ target }).start()
      console.log(await worker.result())
      await worker.join()
    }`,
    {
      files: {
        'module.mjs': `import { Thread } from 'manycore'
          const inner = () => 'inner'
          let timer = new Promise(resolve => setTimeout(() => resolve(start()), 50))
          const start = () => new Thread({ target: inner }).start().result()
          export const work = () => start()
          export const later = () => timer`,
      },
    },
  )
  assert.equal(stdout, 'inner\n'.repeat(4), stderr)
})

test('C167 what a module makes at its top level is no leak in children that load it', LIMIT, async () => {
  const { code, stderr, left } = await runProgram(
    `import { Process } from 'manycore'
    import { work } from './module.mjs'
    const child = new Process({ target: work }).start()
    await child.join()
    process.exitCode = child.exitCode`,
    {
      files: {
        'module.mjs':
          'export const memory = new SharedArrayBuffer(8); export const work = () => memory.byteLength',
      },
    },
  )
  assert.deepEqual([code, stderr, left], [0, '', []])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

/*
 * A runtime whose inspector does not answer at once, as Deno's, or may not be asked, as Node's under --permission, and
 * one that has no serializer, as Bun.
 */

const LATE_INSPECTOR = `import inspector from 'node:inspector'
inspector.Session.prototype.post = (method, params, done = params) => void setImmediate(done, null, {})
`
const FILES = {
  'late.mjs': LATE_INSPECTOR,
  'shapes.mjs': 'export const area = ({ width, height }) => width * height\nexport default x => x * 2',
}
const START = `import './late.mjs'
import { basename } from 'node:path'
import { Pool, ThreadPool } from 'manycore'
import twice, { area } from './shapes.mjs'
const three = 3
class Pair {
  constructor(left, right) {
    this.left = left
    this.right = right
  }
  sum() {
    return this.left + this.right
  }
}
`

test('exports, functions that capture nothing, and imports work; closures are refused', async () => {
  const { stdout, stderr, code } = await runProgram(
    `${START}
    for (const Kind of [ThreadPool, Pool]) {
      const pool = new Kind(1)
      const tell = (fn, ...args) => pool.apply(fn, args).then(console.log, e => console.log(e.code, e.kind, e.path))
      await tell(area, { width: 2, height: 3 })
      await tell(twice, 2)
      await tell(x => x + 1, 1)
      await tell(function down(n) { return n === 0 ? 'end' : down(n - 1) }, 3)
      await tell(x => basename(x) + String(Math.max(1, 2)), '/a/b')
      await tell(Math.sqrt, 16)
      await tell(pair => pair.sum(), new Pair(1, 2))
      await tell(x => x + three, 1)
      console.log((await pool.map(x => x * x, [1, 2, 3])).join())
      pool.close()
      await pool.join()
    }`,
    { files: FILES },
  )
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const once = '6\n4\n2\nend\nb2\n4\n3\nCANNOT_CAPTURE unreadable closure (anonymous)\n1,4,9\n'
  assert.equal(stdout, once + once)
})

test('a process that could not be talked to is not started', async () => {
  const { stdout, stderr, code } = await runProgram(
    `import v8 from 'node:v8'
    v8.Serializer = class { constructor() { throw new Error('not implemented') } }
    const { Pool, ThreadPool } = await import('manycore')
    try {
      new Pool(1)
    } catch (error) {
      console.log(error.cause.code, error.cause.lacks)
    }
    const threads = new ThreadPool(1)
    console.log(await threads.apply(Math.sqrt, [16]))
    threads.close()
    await threads.join()`,
  )
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.equal(stdout, 'RUNTIME_LACKS node:v8 Serializer\n4\n')
})

const PERMISSION = ['--permission', '--experimental-permission'].find(flag =>
  process.allowedNodeEnvironmentFlags.has(flag),
)
const ALLOWED = ['--allow-fs-read=*', '--allow-fs-write=*', '--allow-child-process', '--allow-worker']
const UNDER_PERMISSION = `
  import { Pool, ThreadPool } from 'manycore'
  import { area } from './shapes.mjs'
  const three = 3
  for (const Kind of [ThreadPool, Pool]) {
    const pool = new Kind(1)
    const tell = (fn, ...args) => pool.apply(fn, args).then(console.log, e => console.log(e.code, /--allow-inspector/.test(e.message)))
    await tell(area, { width: 2, height: 3 })
    await tell(x => x + 1, 1)
    await tell(x => x + three, 1)
    await pool.terminate()
  }`

test('so it is under a permission that leaves out the inspector', async () => {
  const { stdout } = await runProgram(UNDER_PERMISSION, {
    files: FILES,
    execArgv: ['--no-warnings', PERMISSION as string, ...ALLOWED],
  })
  assert.equal(stdout, '6\n2\nCANNOT_CAPTURE true\n'.repeat(2))
})

test('with the inspector among what is allowed, closures travel', {
  skip: process.allowedNodeEnvironmentFlags.has('--allow-inspector')
    ? false
    : 'this Node has no such permission',
}, async () => {
  const { stdout } = await runProgram(UNDER_PERMISSION, {
    files: FILES,
    execArgv: ['--no-warnings', PERMISSION as string, ...ALLOWED, '--allow-inspector'],
  })
  assert.equal(stdout, '6\n2\n4\n'.repeat(2))
})

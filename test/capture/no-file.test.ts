import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

/* Programs that are in no file: Node gives them a `require`, and the modules of Node, as globals. */

const PROGRAM = `
const { Pool, ThreadPool } = require('manycore')
const fns = [() => require('./three.cjs'), () => require('node:path').basename('/a/b')]
if (typeof fs !== 'undefined') fns.push(() => typeof fs.readFileSync)
const main = async () => {
  for (const Kind of [ThreadPool, Pool]) {
    const pool = new Kind(1)
    const given = await Promise.all(fns.map(fn => pool.apply(fn).catch(error => error.message)))
    console.log(JSON.stringify(given))
    await pool.terminate()
  }
}
main()
`
const FILES = { 'three.cjs': 'module.exports = 3' }

test('node -e', async () => {
  const { stdout, stderr } = await runProgram('', { execArgv: ['-e', PROGRAM], files: FILES })
  assert.equal(stderr, '')
  assert.equal(stdout, '[3,"b","function"]\n'.repeat(2))
})

test('node, with the program on stdin', async () => {
  const { stdout, stderr } = await runProgram('', { execArgv: ['-'], input: PROGRAM, files: FILES })
  assert.equal(stderr, '')
  assert.equal(stdout, '[3,"b"]\n'.repeat(2))
})

test('a require that the program put on globalThis itself', async () => {
  const { stdout, stderr } = await runProgram(
    `import { createRequire } from 'node:module'
    import { ThreadPool } from 'manycore'
    globalThis.require = createRequire(import.meta.url)
    const pool = new ThreadPool(1)
    console.log(await pool.apply(() => require('./three.cjs')))
    await pool.terminate()`,
    { files: FILES },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, '3\n')
})

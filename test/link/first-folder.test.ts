import assert from 'node:assert/strict'
import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProgram, tempDir } from '../support/index.ts'

/* What flags name is found where the program began, wherever a worker is to run and the program has gone. */

const FILES = {
  'hook.mjs': 'globalThis.hooks = [...(globalThis.hooks ?? []), "module"]',
  'hook.cjs': 'globalThis.hooks = [...(globalThis.hooks ?? []), "script"]',
  'node_modules/hook/package.json': '{ "main": "main.js" }',
  'node_modules/hook/main.js': 'globalThis.hooks = [...(globalThis.hooks ?? []), "package"]',
  'some.env': 'MARK=set',
}
const FLAGS = [
  '--import',
  './hook.mjs',
  '-r',
  'hook',
  '--require=./hook.cjs',
  '--env-file=some.env',
  '--no-warnings',
]
const SOURCE = `
  import { Pool, Process, ThreadPool } from 'manycore'
  const look = () => [process.cwd(), globalThis.hooks.toSorted(), process.env.MARK].join(' ')
  const run = async options => {
    const child = new Process({ target: look, ...options }).start()
    console.log(await child.result())
    await child.join()
  }
  const [elsewhere, inside] = process.argv.slice(2)
  await run({ cwd: elsewhere })
  process.chdir(elsewhere)
  await run({})
  await run({ cwd: inside })
  await run({ target: () => new Process({ target: look }).start().result() })
  for (const Kind of [Pool, ThreadPool]) {
    const pool = new Kind(1)
    console.log(await pool.apply(look))
    pool.close()
    await pool.join()
  }
  try {
    new Process({ target: look, cwd: 'not there' }).start()
  } catch ({ code }) {
    console.log(code)
  }`

test('in another folder, and after process.chdir()', { timeout: 60_000 }, async () => {
  const folder = tempDir()
  try {
    const elsewhere = realpathSync(folder.path)
    mkdirSync(join(elsewhere, 'in+enters:side'))
    const { stdout, stderr } = await runProgram(SOURCE, {
      files: FILES,
      execArgv: FLAGS,
      args: [elsewhere, 'in+enters:side'],
    })
    const found = 'module,package,script set'
    assert.equal(stderr, '')
    assert.deepEqual(stdout.split('\n'), [
      `${elsewhere} ${found}`,
      `${elsewhere} ${found}`,
      `${join(elsewhere, 'in+enters:side')} ${found}`,
      `${elsewhere} ${found}`,
      `${elsewhere} ${found}`,
      `${elsewhere} ${found}`,
      'WORKER_START_FAILED',
      '',
    ])
  } finally {
    folder.remove()
  }
})

test('flags that a worker is given are its own folder’s', { timeout: 60_000 }, async () => {
  const { stdout, stderr } = await runProgram(
    `
    import { Process } from 'manycore'
    const child = new Process({ target: () => globalThis.mark, cwd: 'sub', execArgv: ['--import', './hook.mjs'] }).start()
    console.log(await child.result())`,
    { files: { 'sub/hook.mjs': 'globalThis.mark = "own"' } },
  )
  assert.equal(stderr, '')
  assert.equal(stdout, 'own\n')
})

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freezeSupport } from 'manycore'
import { runProgram, tempDir } from '../support/index.ts'
import { LIMIT } from './support.ts'

const MAIN = `
  console.log('main runs')
  const triple = n => n * 3
  const main = async () => {
    const process_ = new Process({ target: (a, b) => a + triple(b), args: [1, 2] }).start()
    console.log(await process_.result(), await process_.join(), process_.exitCode)
    const middle = new Process({ target: async () => {
      const inner = new Process({ target: () => 'grandchild' }).start()
      return inner.result()
    } }).start()
    console.log(await middle.result())
    const pool = new Pool(2)
    console.log(...await pool.map(n => triple(n), [1, 2, 3]))
    await pool.terminate()
    try { new Thread({ target: () => 1 }).start() } catch (error) { console.log(error.code) }
    try { new ThreadPool(1) } catch (error) { console.log(error.code) }
  }
  main()`
const NO_THREADS = 'NOT_IN_SINGLE_EXECUTABLE\nNOT_IN_SINGLE_EXECUTABLE\n'
const PRETEND = { MANYCORE_SINGLE_EXECUTABLE: '1' }

for (const [name, head] of [
  ['main.mjs', "import { freezeSupport, Process, Pool, Thread, ThreadPool } from 'manycore'"],
  ['main.cjs', "const { freezeSupport, Process, Pool, Thread, ThreadPool } = require('manycore')"],
] as const) {
  test(
    `a child that runs the main program again (${name}) becomes a worker in freezeSupport`,
    LIMIT,
    async () => {
      const { stdout, stderr, code, left } = await runProgram(`${head}\nfreezeSupport()\n${MAIN}`, {
        name,
        env: PRETEND,
      })
      assert.equal(stdout, `main runs\n7 true 0\ngrandchild\n3 6 9\n${NO_THREADS}`, stderr)
      assert.deepEqual([stderr, code, left], ['', 0, []])
    },
  )

  test(`without it (${name}) such a child starts nothing and says what is missing`, LIMIT, async () => {
    const { stdout, stderr, code, late, left } = await runProgram(`${head}\n${MAIN}`, { name, env: PRETEND })
    assert.equal(late, false)
    assert.equal(code, 1)
    assert.equal(stdout.replaceAll('main runs\n', ''), '')
    assert.match(stderr, /Call freezeSupport\(\) as the first statement/)
    assert.deepEqual(left, [])
  })
}

test('a main program that goes on past freezeSupport starts nothing either', LIMIT, async () => {
  const { stderr, code, late, left } = await runProgram(
    `import { freezeSupport, Process } from 'manycore'
    try { freezeSupport() } catch {}
    await new Process({ target: () => 1 }).start().result()`,
    { env: PRETEND },
  )
  assert.equal(late, false)
  assert.equal(code, 1)
  assert.match(stderr, /freezeSupport/)
  assert.deepEqual(left, [])
})

test('everywhere else it does nothing', LIMIT, () => {
  assert.equal(freezeSupport(), undefined)
  assert.equal(process.hasUncaughtExceptionCaptureCallback(), false)
})

function canBuild(): string | false {
  const help = execFileSync(process.execPath, ['--help'], { encoding: 'utf8' })
  return help.includes('--build-sea') ? false : 'this Node has no --build-sea'
}

test('in a single-executable application', { timeout: 90_000, skip: canBuild() }, async () => {
  const folder = tempDir()
  const { build } = createRequire(import.meta.url)('esbuild') as { build(options: object): Promise<unknown> }
  await build({
    stdin: {
      contents: `const { freezeSupport, Process, Pool, Thread, ThreadPool } = require('manycore')\nfreezeSupport()\n${MAIN}`,
      resolveDir: fileURLToPath(new URL('../../..', import.meta.url)),
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href" },
    outfile: join(folder.path, 'bundle.cjs'),
    logLevel: 'error',
  })
  folder.write(
    'sea.json',
    JSON.stringify({ main: 'bundle.cjs', output: 'application', disableExperimentalSEAWarning: true }),
  )
  execFileSync(process.execPath, ['--build-sea', 'sea.json'], { cwd: folder.path, stdio: 'ignore' })
  const application = spawn(join(folder.path, 'application'), { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  application.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const [code] = (await once(application, 'close')) as [unknown]
  assert.equal(output, `main runs\n7 true 0\ngrandchild\n3 6 9\n${NO_THREADS}`)
  assert.equal(code, 0)
})

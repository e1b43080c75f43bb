import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { build, type BuildOptions } from 'esbuild'
import { runProgram, tempDir } from '../support/index.ts'
import { ROOT } from './install.ts'

/* Programs that have manycore built into their one file, and run where nothing of it is installed. */

const TIMEOUT = { timeout: 60_000 }
/** Some bundlers write down where a module lay when they read it. */
const WRITTEN_DOWN = {
  'import.meta.url': JSON.stringify(pathToFileURL(join(ROOT, 'dist/lib/for-bundlers.js')).href),
}
const WAYS = {
  'an ES module, minified': { format: 'esm', minify: true },
  'CommonJS, with the address of the library written down': { format: 'cjs', define: WRITTEN_DOWN },
} satisfies Record<string, BuildOptions>

async function bundled(source: string, options: BuildOptions): Promise<string> {
  const outfile = join(tempDir().path, `program.${options.format === 'esm' ? 'mjs' : 'cjs'}`)
  await build({
    stdin: { contents: source, resolveDir: ROOT },
    bundle: true,
    platform: 'node',
    external: ['koffi'],
    logLevel: 'error',
    outfile,
    ...options,
  })
  return outfile
}

const HEAD = `import {
  currentTask, freezeSupport, Lock, Pool, Process, ProcessPoolExecutor, Thread, ThreadPool, ThreadPoolExecutor, Value
} from 'manycore'
`
const MAIN = `
console.log('main runs')
const offset = 3
class Circle { constructor(r) { this.r = r } area() { return this.r ** 2 * offset } }
class Trouble extends Error { constructor(...args) { super(...args); this.offset = offset } }

async function main(Pool, Process, Executor) {
  const pool = new Pool(2)
  console.log(...(await pool.map(n => n * n + offset, [1, 2])))
  const circle = await pool.apply(given => new Circle(given.r + 1), [new Circle(1)])
  console.log(circle instanceof Circle, circle.area())
  const trouble = await pool.apply(() => { throw new Trouble('of its own') }).catch(thrown => thrown)
  console.log(trouble instanceof Trouble, trouble.message, trouble.offset)
  await pool.terminate()

  const [lock, value] = [new Lock(), new Value('i', 1)]
  const target = async (lock, value) => {
    lock.acquireSync()
    value.value += 1
    lock.release()
    const guard = await lock.acquire()
    guard.release()
    return value.value
  }
  const single = new Process({ target, args: [lock, value] }).start()
  console.log(await single.result(), value.value, await single.join(), single.exitCode)

  const executor = new Executor({ maxWorkers: 1 })
  const future = executor.submit(async n => {
    currentTask().progress(n)
    const inner = new Executor({ maxWorkers: 1 })
    const result = await inner.submit(given => given + offset, n)
    await inner.shutdown()
    return result
  }, 4)
  future.onProgress(progress => console.log('progress', progress))
  console.log(await future)
  await executor.shutdown()
}

const all = async () => {
  await main(Pool, Process, ProcessPoolExecutor)
  await main(ThreadPool, Thread, ThreadPoolExecutor)
}
all()`
const SAYS = `4 7
true 12
true of its own 3
2 2 true 0
progress 4
7
`

for (const [way, options] of Object.entries(WAYS)) {
  test(`after freezeSupport() processes and threads run in a bundle: ${way}`, TIMEOUT, async () => {
    const file = await bundled(`${HEAD}freezeSupport()\n${MAIN}`, options)
    const { code, stdout, stderr, left, late } = await runProgram(file, { timeout: 50_000 })
    assert.deepEqual(
      { code, stdout, left, late },
      { code: 0, stdout: `main runs\n${SAYS}${SAYS}`, left: [], late: false },
      stderr,
    )
    assert.equal(stderr, '')
  })

  test(`without it a bundle says why no worker starts: ${way}`, TIMEOUT, async () => {
    const file = await bundled(
      `${HEAD}
      const target = () => 1
      const starts = [
        () => new Pool(1),
        () => new ThreadPool(1),
        () => new Process({ target }).start(),
        () => new Thread({ target }).start(),
      ]
      for (const start of starts) try { start() } catch ({ code, message }) { console.log(code, /freezeSupport/.test(message)) }`,
      options,
    )
    const { code, stdout, stderr } = await runProgram(file, { timeout: 50_000 })
    assert.deepEqual({ code, stdout }, { code: 0, stdout: 'LIBRARY_IN_BUNDLE true\n'.repeat(4) }, stderr)
  })
}

test('a bundle that starts workers before freezeSupport() starts no more in them', TIMEOUT, async () => {
  const file = await bundled(
    `${HEAD}
    const start = () => {
      try { new Thread({ target: () => 1 }).start() } catch (error) { return error.code }
    }
    console.log(start())
    freezeSupport()
    const thread = new Thread({ target: () => 2 }).start()
    thread.result().then(console.log)`,
    { format: 'esm' },
  )
  const { code, stdout, stderr, left } = await runProgram(file, { timeout: 50_000 })
  // What a thread prints and what it answers take two roads.
  const lines = stdout.trim().split('\n').toSorted()
  assert.deepEqual(lines, ['2', 'FREEZE_SUPPORT_MISSING', 'LIBRARY_IN_BUNDLE'], stderr)
  assert.deepEqual([code, left], [0, []])
})

test(
  'a thread of the user’s own that runs a bundle starts no workers: its main script is another',
  TIMEOUT,
  async () => {
    const file = await bundled(
      `import { isMainThread, Worker } from 'node:worker_threads'
    ${HEAD}
    freezeSupport()
    if (isMainThread) new Worker(new URL(import.meta.url))
    else try { new Process({ target: () => 1 }).start() } catch (error) { console.log(error.code) }`,
      { format: 'esm' },
    )
    const { code, stdout, stderr, left } = await runProgram(file, { timeout: 50_000 })
    assert.equal(stdout, 'LIBRARY_IN_BUNDLE\n', stderr)
    assert.deepEqual([code, left], [0, []])
  },
)

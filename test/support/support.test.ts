import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  deadline,
  eachKind,
  findTool,
  gone,
  leaks,
  nothingLeft,
  runProgram,
  startProgram,
  tempDir,
} from './index.ts'

const LINUX = process.platform === 'linux' ? false : 'needs /proc'

test('runProgram gives the output, the exit code and the time', { timeout: 30_000 }, async () => {
  const done = await runProgram(
    `import { two } from './two.mjs'
     process.stdin.pipe(process.stdout)
     console.error(two, process.argv[2], process.env.COLOUR)
     process.exitCode = 3`,
    { files: { 'two.mjs': 'export const two = 2' }, args: ['x'], env: { COLOUR: 'red' }, input: 'hello' },
  )
  assert.deepEqual([done.code, done.signal, done.late], [3, null, false])
  assert.deepEqual([done.stdout, done.stderr], ['hello', '2 x red\n'])
  assert.ok(done.ms > 0)
})

test('a late program is killed with everything below it', { timeout: 30_000, skip: LINUX }, async () => {
  const program = startProgram(
    `import { spawn } from 'node:child_process'
     const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'inherit' })
     console.log('child', child.pid)`,
    { timeout: 1500 },
  )
  const pid = Number((await program.line(/^child/)).split(' ')[1])
  assert.deepEqual(program.below(), [pid])
  const done = await program.done
  assert.equal(done.late, true)
  await gone(pid)
})

test('what a program leaves behind is reported and ended', { timeout: 30_000, skip: LINUX }, async () => {
  const { left, stdout } = await runProgram(
    `import { spawn } from 'node:child_process'
     const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
     child.unref()
     console.log(child.pid)`,
  )
  assert.equal(left.length, 1)
  assert.match(left[0] ?? '', /setInterval/)
  await gone(Number(stdout))
})

test('line rejects when the program ends without it', { timeout: 30_000 }, async () => {
  const program = startProgram(`console.log('one line')`)
  assert.equal(await program.line(/one/), 'one line')
  await assert.rejects(program.line(/two/), /ended without printing \/two\//)
  await program.done
})

test('leaks sees children and threads that no longer keep the program alive', {
  timeout: 30_000,
}, async () => {
  assert.deepEqual(leaks(), [])
  const thread = new Worker('setInterval(() => {}, 1000)', { eval: true })
  thread.unref()
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  child.unref()
  assert.equal(leaks().length, 2)
  await assert.rejects(nothingLeft({ within: 0 }), /left behind:\n {2}process \d+.*\n {2}thread \d+/)
  child.ref() // Something has to keep this program alive while it waits.
  child.kill()
  await Promise.all([once(child, 'exit'), thread.terminate()])
  await nothingLeft()
})

test('deadline passes on what came in time and names what did not', { timeout: 5000 }, async () => {
  assert.equal(await deadline(Promise.resolve(4), 1000, 'four'), 4)
  await assert.rejects(deadline(new Promise(() => {}), 1, 'five'), /^Error: five was not there within 1 ms$/)
})

test('a temporary folder takes files and goes away', () => {
  const folder = tempDir()
  assert.ok(existsSync(folder.write('a/b.txt', 'text')))
  folder.remove()
  assert.ok(!existsSync(folder.path))
})

test('findTool finds a program of the PATH', () => {
  assert.equal(findTool('no-such-program-anywhere'), undefined)
  assert.ok(findTool('npm'))
})

eachKind(kind => {
  test('the classes of a kind run where they say', { timeout: 20_000 }, async () => {
    const worker = new kind.Worker({ target: (n: number) => [n + 1, process.pid], args: [1] }).start()
    const [two, pid] = await worker.result()
    assert.equal(two, 2)
    assert.equal(pid === process.pid, kind.pick(true, false))
    await worker.join()
    const pool = new kind.Pool(1)
    const here = process.pid
    assert.deepEqual(await pool.map(() => process.pid === here, [1]), [kind.pick(true, false)])
    pool.close()
    await pool.join()
    await nothingLeft({ within: 5000 })
  })
})

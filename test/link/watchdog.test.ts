import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SCRIPT } from '../../src/link/watchdog.ts'
import {
  deadline,
  descendants,
  findTool,
  gone,
  isAlive,
  runProgram,
  startProgram,
  tempDir,
} from '../support/index.ts'

const LINUX_ONLY = { timeout: 60_000, skip: process.platform === 'linux' ? false : 'looks into /proc' }
const WATCHDOG = JSON.stringify(new URL('../../src/link/watchdog.js', import.meta.url).href)
const LIBRARY = JSON.stringify(import.meta.resolve('manycore'))

/** A process that is nobody's worker, so that nothing but a watchdog ends it. */
function stranger(): ChildProcess & { readonly pid: number } {
  return spawn('sleep', ['60'], { stdio: 'ignore' }) as ChildProcess & { readonly pid: number }
}

test('what a program watches over ends with it, and nothing else does', LINUX_ONLY, async () => {
  const [watched, forgotten, other] = [stranger(), stranger(), stranger()]
  const program = startProgram(`
    const { watchOver, watchNoMore } = await import(${WATCHDOG})
    for (const pid of ${JSON.stringify([other.pid, forgotten.pid, watched.pid])}) watchOver(pid)
    watchNoMore(${forgotten.pid})
    watchNoMore(${other.pid})
    console.log('ready')
    setInterval(() => {}, 1000)`)
  await program.line(/ready/)
  const dogs = program.below()
  assert.equal(dogs.length, 1)
  program.child.kill('SIGKILL')
  await once(watched, 'exit')
  await gone(dogs[0] as number)
  assert.deepEqual([isAlive(forgotten.pid), isAlive(other.pid)], [true, true])
  for (const child of [forgotten, other]) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

for (const shell of [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh'], ['ksh'], ['zsh']]) {
  const [name = '', ...args] = shell
  const skip = findTool(name) ? LINUX_ONLY.skip : `${name} was not found`
  test(`it speaks the language of ${shell.join(' ')}`, { ...LINUX_ONLY, skip }, async () => {
    const [watched, forgotten] = [stranger(), stranger()]
    const dog = spawn(name, [...args, '-c', SCRIPT, 'manycore-watchdog', ''], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    dog.stdin?.end(`+ ${watched.pid}\n+ ${forgotten.pid}\n- ${forgotten.pid}\n`)
    await once(dog, 'exit')
    await gone(watched.pid)
    assert.equal(isAlive(forgotten.pid), true)
    forgotten.kill('SIGKILL')
    await once(forgotten, 'exit')
  })
}

test('the watchdog is there while there is something to watch over', LINUX_ONLY, async () => {
  const { stdout } = await runProgram(`
    const { watchOver, watchNoMore } = await import(${WATCHDOG})
    const { readFileSync } = await import('node:fs')
    const dogs = () => readFileSync(\`/proc/self/task/\${process.pid}/children\`, 'utf8').split(' ').filter(Boolean).length
    watchOver(process.pid)
    watchOver(process.ppid)
    console.log(dogs())
    watchNoMore(process.ppid)
    watchNoMore(process.pid)
    watchNoMore(process.pid)
    while (dogs() > 0) await new Promise(resolve => setTimeout(resolve, 5))
    console.log(dogs())
    watchOver(process.ppid)
    console.log(dogs())
    watchNoMore(process.ppid)`)
  assert.equal(stdout, '1\n0\n1\n')
})

test('one that is killed is followed by another', LINUX_ONLY, async () => {
  const watched = stranger()
  const program = startProgram(`
    const { watchOver } = await import(${WATCHDOG})
    watchOver(${watched.pid})
    process.on('SIGUSR2', () => console.log('told'))
    console.log('ready')
    setInterval(() => {}, 1000)`)
  await program.line(/ready/)
  const [first] = program.below()
  await sleep(1100) // One that ends at once is not followed.
  process.kill(first as number, 'SIGKILL')
  const another = async (): Promise<void> => {
    while (!program.below().some(pid => pid !== first && isAlive(pid))) await sleep(5)
  }
  await deadline(another(), 10_000, 'another watchdog')
  // It is there a moment before it is told whom to watch.
  program.child.kill('SIGUSR2')
  await program.line(/told/)
  program.child.kill('SIGKILL')
  await once(watched, 'exit')
})

test('one that can not live is told of', LINUX_ONLY, async () => {
  const { stderr } = await runProgram(`
    import { createRequire } from 'node:module'
    const children = createRequire(import.meta.url)('node:child_process')
    const { spawn } = children
    children.spawn = (file, args, options) => spawn('/bin/false', [], options)
    const { watchOver, watchNoMore } = await import(${WATCHDOG})
    watchOver(process.ppid)
    process.once('warning', () => watchNoMore(process.ppid))
    setTimeout(() => {}, 500)`)
  assert.match(stderr, /ManycoreWarning: nothing ends busy worker processes .*ended at once \(1\)/)
})

test('without a shell each worker has a watcher of its own', LINUX_ONLY, async () => {
  const folder = tempDir()
  const noShell = folder.write(
    'no-shell.cjs',
    `const fs = require('node:fs')
    const { accessSync } = fs
    fs.accessSync = (path, mode) => {
      if (path === '/bin/sh') throw new Error('there is none')
      return accessSync(path, mode)
    }
    require('node:module').syncBuiltinESMExports()`,
  )
  const program = startProgram(
    `import { Pool } from ${LIBRARY}
    import { writeSync } from 'node:fs'
    const pool = new Pool(1)
    console.log(await pool.map(n => n + 1, [1, 2, 3]))
    pool.apply(() => { writeSync(1, 'busy\\n'); for (;;); })`,
    { execArgv: ['--require', noShell] },
  )
  await program.line(/\[ 2, 3, 4 \]/)
  await program.line(/busy/)
  const below = program.below()
  assert.ok(descendants(program.pid).every(found => !found.command.startsWith('/bin/sh')))
  program.child.kill('SIGKILL')
  for (const pid of below) await gone(pid)
})

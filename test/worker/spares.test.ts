import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gone, isAlive, runProgram, startProgram } from '../support/index.ts'
import { LIMIT } from './support.ts'

const LINUX_ONLY = { ...LIMIT, skip: process.platform === 'linux' ? false : 'looks into /proc' }

/** Finds the one process below the program that is not there for anything yet. */
const HEAD = `
  import { Process, setStartMethod, activeChildren } from 'manycore'
  import { readFileSync } from 'node:fs'
  const pidOf = async options => {
    const child = new Process({ target: () => process.pid, ...options }).start()
    const pid = await child.result()
    await child.join()
    return pid
  }
  const isWorker = pid => { try { return !readFileSync('/proc/' + pid + '/cmdline', 'utf8').includes('manycore-watchdog') } catch { return true } }
  const children = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim().split(' ').filter(Boolean).map(Number).filter(isWorker)
  const spare = async () => {
    for (;;) {
      if (children().length === 1) return children()[0]
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
`

/** Has it come as far as waiting for messages, on descriptor 3? */
function isListening(pid: number): boolean {
  const folder = `/proc/${pid}/fdinfo`
  const waits = (fd: string): boolean => {
    try {
      return /^tfd:\s+3\s/m.test(readFileSync(`${folder}/${fd}`, 'utf8'))
    } catch {
      // A process that starts closes what it opened: between the listing and the look it may be gone.
      return false
    }
  }
  return readdirSync(folder).some(waits)
}

async function lines(body: string, errors = /^$/): Promise<string[]> {
  const { stdout, stderr, code, late, left } = await runProgram(`${HEAD}\n${body}`)
  assert.match(stderr, errors)
  assert.deepEqual([code, late, left], [0, false, []])
  return stdout.trim().split('\n')
}

test('the next process is the spare one, and is a process like any other', LINUX_ONLY, async () => {
  const seen = await lines(`
    console.log(children().length)
    await pidOf()
    const kept = await spare()
    console.log(activeChildren().length)
    const child = new Process({ target: () => [process.pid, process.argv.length, process.env.NOW, process.cwd()], name: 'taken' }).start()
    const [pid, , now, folder] = await child.result()
    console.log(pid === kept, child.pid === kept, now, folder === process.cwd(), activeChildren().length)
    await child.join()
    console.log(child.exitCode, await spare() !== kept)
    const killed = new Process({ target: () => new Promise(() => setInterval(() => {}, 1000)) }).start()
    killed.terminate()
    await killed.join()
    console.log(killed.exitCode)`)
  assert.deepEqual(seen, ['0', '0', 'true true undefined true 1', '0 true', '-15'])
})

/** Only root may become somebody else. */
const ROOT_ONLY = {
  ...LIMIT,
  skip: process.platform === 'linux' && process.getuid?.() === 0 ? false : 'is for root on Linux',
}

/** What a program drops, and how its next process has it; the later ones can be dropped by who is nobody. */
const DROPPED = [
  ['flags', "process.execArgv.push('--stack-trace-limit=7')", 'Error.stackTraceLimit', 7],
  ['groups', 'process.setgroups([65534])', 'Math.max(...process.getgroups())', 65534],
  ['group', 'process.setgid(65534)', 'process.getgid()', 65534],
  ['effective user', 'process.seteuid(65534)', 'process.geteuid()', 65534],
  ['user', 'process.seteuid(0); process.setuid(65534)', 'process.getuid()', 65534],
  [
    'priority',
    "process.getBuiltinModule('os').setPriority(19)",
    "process.getBuiltinModule('os').getPriority()",
    19,
  ],
] as const

test('a spare has nothing that the program has dropped since', ROOT_ONLY, async () => {
  const steps = DROPPED.map(
    ([what, drop, asked]) => `{
      const kept = await spare()
      ${drop}
      const child = new Process({ target: () => ${asked} }).start()
      console.log(${JSON.stringify(what)}, await child.result(), child.pid === kept)
      await child.join()
    }`,
  )
  const seen = await lines(['await pidOf()', ...steps].join('\n'))
  assert.deepEqual(
    seen,
    DROPPED.map(([what, , , has]) => `${what} ${has} false`),
  )
})

test('a spare that does not fit any more, or is not wanted, is not taken', LINUX_ONLY, async () => {
  const seen = await lines(`
    await pidOf()
    const first = await spare()
    const unfit = []
    for (const options of [{ env: { ...process.env } }, { cwd: '/' }, { execArgv: [] }, { stdio: 'ignore' }, { context: 'spawn' }]) unfit.push(await pidOf(options))
    console.log(unfit.includes(first), await spare() === first)
    process.env.NOW = 'later'
    const child = new Process({ target: () => process.env.NOW }).start()
    console.log(await child.result(), child.pid === first)
    await child.join()
    const second = await spare()
    process.chdir('/')
    console.log(await pidOf() === second)
    const third = await spare()
    process.kill(third, 'SIGKILL')
    while (children().includes(third)) await new Promise(resolve => setTimeout(resolve, 10))
    console.log(await pidOf() !== 0)
    await spare()
    setStartMethod('spawn')
    while (children().length > 0) await new Promise(resolve => setTimeout(resolve, 10))
    await pidOf()
    await new Promise(resolve => setTimeout(resolve, 300))
    console.log(children().length)`)
  assert.deepEqual(seen, ['false true', 'later false', 'false', 'true', '0'])
})

test('a spare ends with a program that is killed, and Ctrl-C does it no harm', LINUX_ONLY, async () => {
  const program = startProgram(`${HEAD}
    await pidOf()
    console.log('spare', await spare())
    setInterval(() => {}, 1000)`)
  const pid = Number((await program.line(/^spare/)).slice(6))
  while (!isListening(pid)) await sleep(5)
  process.kill(pid, 'SIGINT')
  await sleep(100)
  assert.equal(isAlive(pid), true)
  program.child.kill('SIGKILL')
  await gone(pid)
  assert.deepEqual((await program.done).left, [])
})

test('a spare that has died unheard is not taken', LINUX_ONLY, async () => {
  const seen = await lines(`
    await pidOf()
    const kept = await spare()
    process.kill(kept, 'SIGKILL')
    // The event loop does not turn meanwhile.
    const stateOf = pid => / ([A-Z]) /.exec(readFileSync('/proc/' + pid + '/stat', 'latin1').split(')').at(-1))[1]
    while (stateOf(kept) !== 'Z');
    console.log(await pidOf() !== kept)`)
  assert.deepEqual(seen, ['true'])
})

test('a spare that is taken is who it is told to be, not who it rehearsed to be', LINUX_ONLY, async () => {
  const program = `
    const { currentProcess } = await import('manycore')
    const look = async () => {
      const { currentProcess, parentProcess } = await import('manycore')
      const { name, daemon, authkey } = currentProcess()
      const listeners = ['SIGINT', 'uncaughtException'].map(name => process.listenerCount(name))
      return [name, daemon, Buffer.from(authkey).toString(), parentProcess().pid === process.ppid, ...listeners]
    }
    const first = new Process({ target: look, name: 'first' })
    first.authkey = 'one'
    console.log(...await first.start().result())
    await first.join()
    const kept = await spare()
    const second = new Process({ target: look, name: 'second', daemon: true })
    second.authkey = 'two'
    console.log(...await second.start().result(), second.pid === kept)
    await second.join()
    const third = await spare()
    const stray = new Process({ target: () => { setTimeout(() => { process.stdout.write('thrown '); throw 3 }) } })
    stray.start()
    await stray.join()
    console.log(stray.exitCode, stray.pid === third)
    const fourth = await spare()
    const waiting = new Process({ target: () => new Promise(() => setInterval(() => {}, 1000)) }).start()
    waiting.interrupt()
    await waiting.join()
    console.log(waiting.exitCode, waiting.pid === fourth)`
  assert.deepEqual(await lines(program, /^Process-3 \(pid \d+\) ended by an error\n3\n$/), [
    'first false one true 0 1',
    'second true two true 0 1 true',
    'thrown 1 true',
    '-2 true',
  ])
})

const THREADS = `
  import { Thread } from 'manycore'
  import { Worker } from 'node:worker_threads'
  const { once } = await import('node:events')
  const idOf = async (options = {}) => {
    const thread = new Thread({ target: async () => (await import('node:worker_threads')).threadId, ...options }).start()
    const id = await thread.result()
    await thread.join()
    return id
  }
  /** Node numbers threads as they are started: the spare one has the number before this. */
  const nextId = async () => {
    const probe = new Worker('', { eval: true })
    const id = probe.threadId
    await new Promise(resolve => probe.on('exit', resolve))
    return id
  }
  let threads = 0
  process.on('worker', () => threads++)
  /** The spare one is there, when so many threads have been started in all. */
  const refilled = async all => {
    const hold = setInterval(() => {}, 1000)
    while (threads < all) await once(process, 'worker')
    clearInterval(hold)
  }
`

test('the next thread is the spare one, and is a thread like any other', LIMIT, async () => {
  const { stdout, stderr, code, late } = await runProgram(`${THREADS}
    await idOf()
    await refilled(2)
    const probe = await nextId()
    const thread = new Thread({ target: () => [process.env.NOW, process.cwd()], name: 'taken' }).start()
    const [now, folder] = await thread.result()
    console.log(thread.id < probe, now, folder === process.cwd(), thread.name)
    await thread.join()
    console.log(thread.exitCode)
    await refilled(4)
    const limited = new Thread({ target: () => 1, resourceLimits: { maxOldGenerationSizeMb: 64 } }).start()
    console.log(await limited.result())
    process.env.NOW = 'later'
    const later = new Thread({ target: () => process.env.NOW }).start()
    console.log(await later.result())
    const killed = new Thread({ target: () => { for (;;); } }).start()
    killed.terminate()
    await killed.join()
    console.log(killed.exitCode)`)
  assert.deepEqual([stderr, code, late], ['', 0, false])
  assert.deepEqual(stdout.trim().split('\n'), ['true undefined true taken', '0', '1', 'later', '-15'])
})

test('a pool takes a spare worker that is there, and keeps none', LINUX_ONLY, async () => {
  const seen = await lines(`
    const { Pool } = await import('manycore')
    await pidOf()
    const kept = await spare()
    const pool = new Pool(1)
    console.log(await pool.apply(() => process.pid) === kept)
    console.log(await pool.apply(Math.abs, [-1]))
    pool.close()
    await pool.join()
    await new Promise(resolve => setTimeout(resolve, 300))
    console.log(children().length)`)
  assert.deepEqual(seen, ['true', '1', '0'])
})

test('a folder that is removed under a program does it no harm', LINUX_ONLY, async () => {
  const seen = await lines(`
    import { mkdirSync, rmdirSync } from 'node:fs'
    mkdirSync('removed')
    process.chdir('removed')
    const pid = await pidOf()
    rmdirSync('../removed')
    const kept = await spare()
    const child = new Process({ target: () => process.pid }).start()
    console.log(await child.result() === kept)
    await child.join()
  `)
  assert.deepEqual(seen, ['true'])
})

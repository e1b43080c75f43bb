import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Process } from 'manycore'
import {
  deadline,
  descendants,
  isAlive,
  nothingLeft,
  runProgram,
  startProgram,
  tempDir,
} from '../support/index.ts'
import { LIMIT } from './support.ts'

const LINUX_ONLY = { ...LIMIT, skip: process.platform === 'linux' ? false : 'looks into /proc' }
/** What an orphan gets in all; a machine that is busy with other tests gets more. */
const GONE = 1500

const TARGETS = `
  import { Process, Thread, Pool } from 'manycore'
  import { writeSync } from 'node:fs'
  const idle = () => new Promise(() => setInterval(() => {}, 1000))
  const busy = tell => { writeSync(1, tell + '\\n'); for (;;); }
  const calm = tell => { writeSync(1, tell + '\\n'); return new Promise(() => setInterval(() => {}, 1000)) }
  const withChild = how => { new Process({ target: how === 'busy' ? busy : calm, args: ['grandchild here'] }).start(); return idle() }
  const busyWithChild = async () => {
    const child = new Process({ target: busy, args: ['grandchild here'] }).start()
    setTimeout(() => { writeSync(1, 'child is busy\\n'); for (;;); }, 500)
    await child.join()
  }
`

async function allGone(pids: readonly number[]): Promise<void> {
  const gone = async (): Promise<void> => {
    while (pids.some(isAlive)) await sleep(5)
  }
  await deadline(gone(), GONE, `the end of ${pids.length} orphans`)
}

for (const [what, start, count] of [
  ['a busy child', `new Process({ target: busy, args: ['grandchild here'] }).start()`, 1],
  ['an idle child', `new Process({ target: calm, args: ['grandchild here'] }).start()`, 1],
  [
    'a daemon',
    `new Process({ target: calm, args: ['grandchild here'], daemon: true }).start(); setInterval(() => {}, 1000)`,
    1,
  ],
  ['an idle grandchild', `new Process({ target: withChild, args: ['calm'] }).start()`, 2],
  ['a busy grandchild', `new Process({ target: withChild, args: ['busy'] }).start()`, 2],
  ['a busy grandchild of a busy child', `new Process({ target: busyWithChild }).start()`, 2],
  ['a pool', `new Pool(2).apply(busy, ['grandchild here'])`, 2],
] as const) {
  test(`${what} is gone soon after kill -9 of the program`, LINUX_ONLY, async () => {
    const shm = readdirSync('/dev/shm').length
    const program = startProgram(`${TARGETS}\n${start}`)
    await program.line(/grandchild here/)
    if (start.includes('busyWithChild')) await program.line(/child is busy/)
    const pids = program.below()
    // A spare process may be among them.
    assert.ok(pids.length >= count, `${pids.length} of ${count}`)
    program.child.kill('SIGKILL')
    await allGone(pids)
    const { signal, left } = await program.done
    assert.equal(signal, 'SIGKILL')
    assert.deepEqual(left, [])
    assert.ok(readdirSync('/dev/shm').length <= shm, 'nothing stays in /dev/shm')
  })
}

test('an orphan may clean up before its end', LINUX_ONLY, async () => {
  const folder = tempDir()
  const program = startProgram(`${TARGETS}
    import { writeFileSync, readdirSync } from 'node:fs'
    const cleaner = folder => {
      process.on('SIGTERM', () => { writeFileSync(folder + '/clean', 'yes') })
      return calm('grandchild here')
    }
    new Process({ target: cleaner, args: [${JSON.stringify(folder.path)}] }).start()`)
  await program.line(/grandchild here/)
  const pids = program.below()
  program.child.kill('SIGKILL')
  await allGone(pids) // Though its listener does not end it.
  assert.deepEqual(readdirSync(folder.path), ['clean'])
  await program.done
})

test('the program waits for its children at its end, and ends its daemons', LIMIT, async () => {
  const { code, stdout, left } = await runProgram(`
    import { Process, Thread } from 'manycore'
    const late = async kind => { await new Promise(resolve => setTimeout(resolve, 300)); console.log(kind, 'done') }
    new Process({ target: late, args: ['process'] }).start()
    new Thread({ target: late, args: ['thread'] }).start()
    const idle = () => new Promise(() => setInterval(() => {}, 1000))
    new Process({ target: idle, daemon: true }).start()
    new Thread({ target: idle, daemon: true }).start()
    process.on('exit', () => console.log('main exits'))
    console.log('main done')`)
  assert.equal(code, 0)
  assert.deepEqual(left, [])
  const lines = stdout.trim().split('\n')
  assert.equal(lines[0], 'main done')
  assert.deepEqual(lines.slice(1, 3).sort(), ['process done', 'thread done'])
  assert.equal(lines[3], 'main exits')
})

test(
  'C237 it waits for those that start later too, and a daemon that is waited for counts',
  LIMIT,
  async () => {
    const { stdout } = await runProgram(`
    import { Process, Thread } from 'manycore'
    const say = text => { process.stdout.write(text + '\\n') }
    const starter = () => { setTimeout(() => new Thread({ target: () => { setTimeout(() => console.log('late'), 200) } }).start(), 100) }
    await new Thread({ target: starter }).start().join()
    const daemon = new Process({ target: async () => { await new Promise(resolve => setTimeout(resolve, 100)); return 'daemon' }, daemon: true }).start()
    console.log(await daemon.result())
    await daemon.join()`)
    assert.equal(stdout, 'late\ndaemon\n')
  },
)

test('process.exit leaves nothing behind', LIMIT, async () => {
  const program = startProgram(`${TARGETS}
    process.once('SIGHUP', () => process.exit(7))
    let number = 0
    for (const daemon of [true, false]) for (const Kind of [Process, Thread]) {
      new Kind({ target: busy, args: [\`busy \${++number}\`], daemon }).start()
    }`)
  await Promise.all([1, 2, 3, 4].map(number => program.line(new RegExp(`busy ${number}`))))
  program.child.kill('SIGHUP')
  const { code, left } = await program.done
  assert.equal(code, 7)
  assert.deepEqual(left, [])
})

for (const [what, start] of [
  [
    'processes',
    `new Process({ target: calm, args: ['here'] }).start(); new Process({ target: busy, args: ['here'] }).start()`,
  ],
  [
    'threads',
    `new Thread({ target: calm, args: ['here'] }).start(); new Thread({ target: busy, args: ['here'] }).start()`,
  ],
  ['a child with a child', `new Process({ target: withChild, args: ['busy'] }).start()`],
  ['a pool', `new Pool(2).map(calm, ['here', 'here'])`],
] as const) {
  test(`Ctrl-C ends a program with ${what} once and cleanly`, LINUX_ONLY, async () => {
    const folder = tempDir()
    const main = folder.write(
      'main.mjs',
      `${TARGETS.replace("'manycore'", JSON.stringify(import.meta.resolve('manycore')))}\n${start}`,
    )
    // A group of its own, as a terminal gives to each job.
    const program = spawn(process.execPath, [main], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let [output, errors] = ['', '']
    program.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    program.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    while (!output.includes('here')) await once(program.stdout, 'data')
    const below = descendants(program.pid as number).map(found => found.pid)
    process.kill(-(program.pid as number), 'SIGINT')
    const [exitCode, signal] = (await deadline(once(program, 'exit'), 10_000, 'its end')) as [
      unknown,
      unknown,
    ]
    assert.deepEqual([exitCode, signal], [null, 'SIGINT'])
    await allGone(below)
    assert.equal(errors, '')
  })
}

test('Ctrl-C with a listener of the program lets it end its workers itself', LINUX_ONLY, async () => {
  const folder = tempDir()
  const main = folder.write(
    'main.mjs',
    `${TARGETS.replace("'manycore'", JSON.stringify(import.meta.resolve('manycore')))}
    const pool = new Pool(2)
    const work = pool.apply(async () => { await new Promise(resolve => setTimeout(resolve, 1500)); return 'finished' })
    await pool.apply(() => 1).catch(() => {})
    process.once('SIGINT', async () => { console.log(await work); await pool.terminate(); process.exitCode = 130 })
    console.log('ready')
    setTimeout(() => {}, 3000).unref()
    await work`,
  )
  const program = spawn(process.execPath, [main], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let [output, errors] = ['', '']
  program.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  program.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  while (!output.includes('ready')) await once(program.stdout, 'data')
  process.kill(-(program.pid as number), 'SIGINT')
  const [exitCode] = (await deadline(once(program, 'close'), 10_000, 'its end')) as [unknown]
  assert.deepEqual([exitCode, output, errors], [130, 'ready\nfinished\n', ''])
})

test('no zombies stay while the parent runs on', LINUX_ONLY, async () => {
  const children = Array.from({ length: 4 }, (_, i) => {
    const child = new Process({ target: (n: number) => process.exit(n), args: [i] }).start()
    child.result().catch(() => {})
    return child
  })
  const killed = new Process({ target: () => new Promise(() => setInterval(() => {}, 1000)) }).start()
  killed.kill()
  await Promise.all([...children, killed].map(child => child.join()))
  await nothingLeft()
})

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { tempDir } from '../support/index.ts'
import { lines, manycore } from './support.ts'

const WORK = `
import { appendFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'

export default text => text.toUpperCase()
export const size = path => statSync(path).size
export const object = text => ({ text, n: 10n, when: new Date(0) })
export const nothing = () => {}
export async function pause(ms) { await sleep(Number(ms)); return ms }
export async function where(ms) { await sleep(Number(ms)); return process.pid + ':' + threadId }
export function chatty(text) { console.log('log of', text); return text }
export function moody(text) {
  if (text === 'throw') throw Object.assign(new RangeError('out of range'), { code: 'E_MOOD' })
  if (text === 'string') throw 'just text'
  if (text === 'exit') process.exit(7)
  if (text === 'kill') process.kill(process.pid, 'SIGKILL')
  if (text === 'loop') for (;;);
  if (text === 'uncloneable') return () => 1
  return text
}
export function secondTime(file) {
  appendFileSync(file, 'x')
  if (statSync(file).size < 2) throw new Error('the first time')
  return 'well'
}
`

describe('manycore map', { timeout: 110_000 }, () => {
  const folder = tempDir()
  let work: string
  before(() => {
    work = folder.write('work.mjs', WORK)
  })

  for (const kind of ['processes', 'threads']) {
    const flags = kind === 'threads' ? ['--threads'] : []

    describe(`on ${kind}`, () => {
      it('prints the results in the order of the inputs, and a summary on stderr', async () => {
        const { code, stdout, stderr, left } = await manycore(['map', work, 'a', 'b', 'c', ...flags])
        assert.equal(stdout, 'A\nB\nC\n')
        assert.match(stderr, new RegExp(`^3 items in .*, on \\d+ ${kind}\n$`))
        assert.equal(code, 0)
        assert.deepEqual(left, [])
      })

      it('runs as many workers as asked, each with its own tasks', async () => {
        const inputs = Array.from({ length: 12 }, () => '100')
        const { stdout } = await manycore(['map', `${work}#where`, '-w', '3', ...inputs, ...flags])
        assert.equal(new Set(lines(stdout)).size, 3)
        const pids = new Set(lines(stdout).map(line => line.split(':')[0]))
        assert.equal(pids.size, kind === 'threads' ? 1 : 3)
      })

      it('goes on after items that fail, stop their worker or run too long, and lists them', async () => {
        const inputs = ['a', 'throw', 'b', 'string', 'loop', 'c', 'exit', 'd', 'uncloneable', 'e']
        const args = ['map', `${work}#moody`, '--timeout', '500', ...flags, ...inputs]
        const { code, stdout, stderr } = await manycore(args)
        assert.equal(stdout, 'a\nb\nc\nd\ne\n')
        assert.match(stderr, /^10 items in .*, 5 failed\n/)
        assert.match(stderr, /\n {2}throw: E_MOOD: out of range\n/)
        assert.match(stderr, /\n {2}string: .*just text/)
        assert.match(stderr, /\n {2}loop: TASK_TIMEOUT: .*500 ms/)
        assert.match(stderr, /\n {2}exit: WORKER_DIED: .*exit code 7/)
        assert.match(stderr, /\n {2}uncloneable: TypeError: the result is a function/)
        assert.equal(code, 1)
      })

      it('prints one JSON object for each item with --json, failures included', async () => {
        const { code, stdout } = await manycore(['map', `${work}#moody`, 'a\nb', 'throw', '--json', ...flags])
        const [first, second] = lines(stdout).map(line => JSON.parse(line) as Record<string, unknown>)
        assert.equal(typeof first?.['ms'], 'number')
        assert.deepEqual({ ...first, ms: 0 }, { input: 'a\nb', value: 'a\nb', ms: 0 })
        const error = { name: 'RangeError', code: 'E_MOOD', message: 'out of range' }
        assert.deepEqual(second, { input: 'throw', error })
        assert.equal(code, 1)
      })

      it('prints results as they come with --unordered', async () => {
        const { stdout } = await manycore([
          'map',
          `${work}#pause`,
          '-w',
          '2',
          '1500',
          '1',
          ...flags,
          '--unordered',
        ])
        assert.equal(stdout, '1\n1500\n')
      })

      it('runs several tasks at a time in a worker with --concurrency', async () => {
        const args = ['map', `${work}#pause`, '-w', '1', '--concurrency', '4', '--json', ...flags]
        const { stdout, stderr, ms } = await manycore([...args, '1500', '1501', '1502', '1503'])
        assert.equal(lines(stdout).length, 4)
        assert.ok(ms < 4 * 1500, `they took ${ms} ms, one after the other`)
        assert.match(stderr, /tasks under way at a time on average/)
      })

      it('keeps stdout for results: what a function logs goes to stderr', async () => {
        const { stdout, stderr } = await manycore(['map', `${work}#chatty`, 'a', ...flags])
        assert.equal(stdout, 'a\n')
        assert.match(stderr, /log of a/)
      })

      it('runs a failed item again with --retries', async () => {
        const file = folder.write(`times-${kind}`, '')
        const { code, stdout } = await manycore([
          'map',
          `${work}#secondTime`,
          file,
          '--retries',
          '1',
          ...flags,
        ])
        assert.equal(stdout, 'well\n')
        assert.equal(code, 0)
      })
    })
  }

  it('loses one worker to a signal, and no other item', async () => {
    const { code, stdout, stderr } = await manycore(['map', `${work}#moody`, 'a', 'kill', 'b'])
    assert.equal(stdout, 'a\nb\n')
    assert.match(stderr, /kill: WORKER_DIED: .*SIGKILL/)
    assert.equal(code, 1)
  })

  it('prints strings as they are, other values as JSON, and nothing for nothing', async () => {
    assert.equal(
      (await manycore(['map', `${work}#object`, 'a'])).stdout,
      '{"text":"a","n":"10","when":"1970-01-01T00:00:00.000Z"}\n',
    )
    assert.equal((await manycore(['map', `${work}#nothing`, 'a'])).stdout, '')
  })

  it('a file that can not be read in the middle of 10,000 is one failure', async () => {
    const file = folder.write('data', 'five!')
    const inputs = Array.from({ length: 10_000 }, (_, i) => (i === 5000 ? `${file}.gone` : file))
    const { code, stdout, stderr } = await manycore(['map', `${work}#size`, '--lines', '-'], {
      input: inputs.join('\n'),
      timeout: 60_000,
    })
    assert.equal(stdout, '5\n'.repeat(9999))
    assert.match(stderr, /^10,000 items in .*, 1 failed\n/)
    assert.match(stderr, /data\.gone: ENOENT: no such file/)
    assert.equal(code, 1)
  })

  it('reads directories, globs, plain text and lines, in this order', async () => {
    const cwd = folder.path
    for (const name of ['in/2.txt', 'in/1.txt', 'x.log']) folder.write(name, '')
    const input = 'from stdin\n'
    const { stdout } = await manycore(['map', work, 'in', '*.log', 'text', '--lines', '-', '--', '-x', '*'], {
      cwd,
      input,
    })
    assert.deepEqual(lines(stdout), ['IN/1.TXT', 'IN/2.TXT', 'X.LOG', 'TEXT', '-X', '*', 'FROM STDIN'])
  })

  it('runs a function of any module', async () => {
    const { stdout } = await manycore(['map', 'node:path#basename', 'a/b', 'c/d'])
    assert.equal(stdout, 'b\nd\n')
  })

  it('says so when a module loads in the command and not in a worker', async () => {
    const file = folder.write(
      'main-only.mjs',
      "import { isMainThread } from 'node:worker_threads'\nif (!isMainThread) throw new Error('not here')\nexport default x => x",
    )
    const { code, stdout, stderr } = await manycore(['map', file, 'a', '--threads'])
    assert.match(stderr, /main-only\.mjs loads here, but not in a worker: not here/)
    assert.equal(stdout, '')
    assert.equal(code, 1)
  })

  it('does not pass for a success when the module ends the command', async () => {
    const file = folder.write(
      'ends.mjs',
      `import { existsSync, writeFileSync } from 'node:fs'
      import { isMainThread } from 'node:worker_threads'
      if (isMainThread) setInterval(() => existsSync('begun') && process.exit(0), 10)
      export default () => { writeFileSync('begun', ''); return new Promise(() => {}) }`,
    )
    const { code, stderr, stdout } = await manycore(['map', file, 'a', '--threads'], { cwd: folder.path })
    assert.equal(stdout, '')
    assert.match(stderr, /^manycore: the command was ended from within before the run was over/)
    assert.equal(code, 1)
  })

  it('lets workers do what they do at their exit, and waits for no timer of theirs', async () => {
    const file = folder.write(
      'at-exit.mjs',
      "setInterval(() => {}, 1000)\nprocess.on('exit', () => console.error('exit of', process.pid))\nexport default x => x",
    )
    const { code, stderr } = await manycore(['map', file, 'a', '-w', '1'])
    assert.equal(code, 0)
    assert.equal(new Set(stderr.match(/exit of \d+/g)).size, 2, stderr)
  })

  it('writes a trace of who ran what', async () => {
    const trace = `${folder.path}/trace.json`
    const { code } = await manycore(['map', `${work}#pause`, '20', '20', '20', '--trace', trace])
    assert.equal(code, 0)
    const events = JSON.parse(readFileSync(trace, 'utf8')) as { ph: string; name: string; dur: number }[]
    const slices = events.filter(({ ph }) => ph === 'X')
    assert.deepEqual(
      slices.map(({ name, dur }) => [name, dur >= 19_000]),
      ['20', '20', '20'].map(() => ['pause', true]),
    )
  })

  it('refuses a trace that can not be written', async () => {
    const { code, stderr } = await manycore(['map', work, 'a', '--trace', `${folder.path}/none/trace.json`])
    assert.match(stderr, /^manycore: the trace .*none\/trace\.json could not be written: ENOENT/)
    assert.equal(code, 2)
  })

  it('finds out how many workers and tasks at once, if asked', async () => {
    const input = '20\n'.repeat(4000)
    const { code, stderr, stdout } = await manycore(
      ['map', `${work}#pause`, '--lines', '-', '-w', 'auto', '--concurrency', 'auto'],
      { input, timeout: 90_000 },
    )
    assert.equal(code, 0, stderr)
    assert.equal(lines(stdout).length, 4000)
    // One at a time on each of few CPUs, this would have taken as many times 20 ms.
    assert.match(stderr, /tasks under way at a time on average/)
    const wrong = await manycore(['map', work, 'a', '--concurrency', 'lots'])
    assert.match(wrong.stderr, /whole number of at least 1, or auto/)
    assert.equal(wrong.code, 2)
  })

  it('runs TypeScript through tsx', async () => {
    const file = folder.write(
      'typed.ts',
      'enum Size { Big = 5 }\nexport const f = (s: string): number => s.length * Size.Big',
    )
    const { code, stdout, stderr } = await manycore(['map', `${file}#f`, 'ab'], {
      env: { NODE_OPTIONS: '--import tsx' },
    })
    assert.equal(stdout, '10\n', stderr)
    assert.equal(code, 0)
  })

  it('reads far more lines than its memory holds', async () => {
    const input = `${'x'.repeat(799)}\n`.repeat(100_000)
    const { code, stderr } = await manycore(['map', `${work}#nothing`, '--lines', '-'], {
      input,
      env: { NODE_OPTIONS: '--max-old-space-size=40' },
      timeout: 90_000,
    })
    assert.match(stderr, /^100,000 items in /)
    assert.equal(code, 0)
  })
})

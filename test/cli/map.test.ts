import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { tempDir } from '../support/index.ts'
import { readLongInput } from './long-input.ts'
import { lines, manycore } from './support.ts'

const WORK = `
import { appendFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'

export default text => text.toUpperCase()
export const size = path => statSync(path).size
export function sorts(text) {
  if (text === 'text') return text
  if (text === 'object') return { text, n: 10n, when: new Date(0) }
}
export async function pause(ms) { await sleep(Number(ms)); return ms }
export async function where(ms) { await sleep(Number(ms)); return process.pid + ':' + threadId }
export function moody(text) {
  if (text === 'throw') throw Object.assign(new RangeError('out of range'), { code: 'E_MOOD' })
  if (text === 'string') throw 'just text'
  if (text === 'exit') process.exit(7)
  if (text === 'kill') process.kill(process.pid, 'SIGKILL')
  if (text === 'loop') for (;;);
  if (text === 'uncloneable') return () => 1
  if (text.endsWith('second-time')) return secondTime(text)
  return text
}
function secondTime(file) {
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
        if (kind === 'processes') inputs.push('kill')
        const args = ['map', `${work}#moody`, '--timeout', '500', ...flags, ...inputs]
        const { code, stdout, stderr } = await manycore(args)
        assert.equal(stdout, 'a\nb\nc\nd\ne\n')
        assert.match(
          stderr,
          kind === 'processes' ? /^11 items in .*, 6 failed\n/ : /^10 items in .*, 5 failed\n/,
        )
        assert.match(stderr, /\n {2}throw: E_MOOD: out of range\n/)
        assert.match(stderr, /\n {2}string: .*just text/)
        assert.match(stderr, /\n {2}loop: TASK_TIMEOUT: .*500 ms/)
        assert.match(stderr, /\n {2}exit: WORKER_DIED: .*exit code 7/)
        assert.match(stderr, /\n {2}uncloneable: TypeError: the result is a function/)
        if (kind === 'processes') assert.match(stderr, /\n {2}kill: WORKER_DIED: .*SIGKILL/)
        assert.equal(code, 1)
      })
    })
  }

  // What the pool itself does, and is tested for on both kinds.
  it('prints one JSON object for each item with --json, failures included, after so many --retries', async () => {
    const file = folder.write('second-time', '')
    const args = ['map', `${work}#moody`, 'a\nb', 'throw', file, '--json', '--retries', '1', '--threads']
    const { code, stdout } = await manycore([...args, '-w', '1'])
    const [first, second, third] = lines(stdout).map(line => JSON.parse(line) as Record<string, unknown>)
    assert.equal(typeof first?.['ms'], 'number')
    assert.deepEqual({ ...first, ms: 0 }, { input: 'a\nb', value: 'a\nb', ms: 0 })
    const error = { name: 'RangeError', code: 'E_MOOD', message: 'out of range' }
    assert.deepEqual(second, { input: 'throw', error })
    assert.equal(third?.['value'], 'well')
    assert.equal(code, 1)
  })

  it('runs several tasks at a time in a worker with --concurrency, and prints as they come with --unordered', async () => {
    const args = ['map', `${work}#pause`, '-w', '1', '--concurrency', '2', '--unordered', '--threads']
    const { stdout, stderr } = await manycore([...args, '1500', '1'])
    assert.equal(stdout, '1\n1500\n')
    assert.match(stderr, /tasks under way at a time on average/)
  })

  it('prints strings as they are, other values as JSON, and nothing for nothing', async () => {
    const { stdout } = await manycore(['map', `${work}#sorts`, 'text', 'object', 'nothing', '-w', '1'])
    assert.equal(stdout, 'text\n{"text":"object","n":"10","when":"1970-01-01T00:00:00.000Z"}\n')
  })

  it('a file that can not be read in the middle of 1,000 is one failure', async () => {
    const file = folder.write('data', 'five!')
    const inputs = Array.from({ length: 1000 }, (_, i) => (i === 500 ? `${file}.gone` : file))
    const { code, stdout, stderr } = await manycore(['map', `${work}#size`, '--lines', '-'], {
      input: inputs.join('\n'),
    })
    assert.equal(stdout, '5\n'.repeat(999))
    assert.match(stderr, /^1,000 items in .*, 1 failed\n/)
    assert.match(stderr, /data\.gone: ENOENT: no such file/)
    assert.equal(code, 1)
  })

  it('reads directories, globs, plain text and lines, in this order', async () => {
    const cwd = folder.path
    for (const name of ['in/2.txt', 'in/1.txt', 'x.log']) folder.write(name, '')
    const input = 'from stdin\n'
    const { stdout } = await manycore(
      ['map', work, '-w', '1', 'in', '*.log', 'text', '--lines', '-', '--', '-x', '*'],
      {
        cwd,
        input,
      },
    )
    assert.deepEqual(lines(stdout), ['IN/1.TXT', 'IN/2.TXT', 'X.LOG', 'TEXT', '-X', '*', 'FROM STDIN'])
  })

  it('says so when a module loads in the command and not in a worker', async () => {
    const file = folder.write(
      'main-only.mjs',
      "import { isMainThread } from 'node:worker_threads'\nif (!isMainThread) throw new Error('not here')\nexport default x => x",
    )
    const { code, stdout, stderr } = await manycore(['map', file, 'a', '-w', '1', '--threads'])
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
    const { code, stderr, stdout } = await manycore(['map', file, 'a', '-w', '1', '--threads'], {
      cwd: folder.path,
    })
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
    const { code } = await manycore(['map', `${work}#pause`, '20', '20', '20', '-w', '1', '--trace', trace])
    assert.equal(code, 0)
    const events = JSON.parse(readFileSync(trace, 'utf8')) as { ph: string; name: string; dur: number }[]
    const slices = events.filter(({ ph }) => ph === 'X')
    assert.deepEqual(
      slices.map(({ name, dur }) => [name, dur >= 19_000]),
      ['20', '20', '20'].map(() => ['pause', true]),
    )
  })

  it('finds out how many workers and tasks at once, if asked', async () => {
    const input = '20\n'.repeat(600)
    const { code, stderr, stdout } = await manycore(
      ['map', `${work}#pause`, '--lines', '-', '-w', 'auto', '--concurrency', 'auto'],
      { input },
    )
    assert.equal(code, 0, stderr)
    assert.equal(lines(stdout).length, 600)
    // One at a time on each of few CPUs, this would have taken as many times 20 ms.
    assert.match(stderr, /tasks under way at a time on average/)
  })

  it('runs TypeScript through tsx', async () => {
    const file = folder.write(
      'typed.ts',
      'enum Size { Big = 5 }\nexport const f = (s: string): number => s.length * Size.Big',
    )
    const { code, stdout, stderr } = await manycore(['map', `${file}#f`, 'ab', '-w', '1'], {
      env: { NODE_OPTIONS: '--import tsx' },
    })
    assert.equal(stdout, '10\n', stderr)
    assert.equal(code, 0)
  })

  it('reads far more lines than its memory holds', async () => {
    await readLongInput({ lines: 20_000, length: 3000, flags: ['--threads'] })
  })
})

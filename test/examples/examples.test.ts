import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../support/index.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url))

type Part = readonly [from: number, to: number]
const NONE: Part = [0, 0]

/** What the program prints, with N for numbers that differ from run to run. */
interface Expected {
  /** The program, and its arguments. */
  readonly run: string
  readonly prints: readonly string[]
  /** Workers print side by side: from this line to before that one, any order will do. */
  readonly anyOrder?: Part
}

const upTo = (end: number, line: (i: number) => string): string[] =>
  Array.from({ length: end }, (_, i) => line(i))
const isPrime = [
  '112272535095293 is prime: true',
  '112582705942171 is prime: true',
  '112272535095293 is prime: true',
  '115280095190773 is prime: true',
  '115797848077099 is prime: true',
  '1099726899285419 is prime: false',
]

const cases: Record<string, Expected[]> = {
  'S54 three hellos, then done': [
    { run: 'processes/hello', prints: ['hello', 'hello', 'hello', 'Sub-process done.'] },
  ],
  'S55 ten messages on four workers': [
    {
      run: 'pools/messages',
      prints: [...upTo(10, i => `msg: hello ${i}`), 'Sub-processes done, never more than 4 at a time: true.'],
      anyOrder: [0, 10],
    },
  ],
  'S56 ten results in the order of submission': [
    { run: 'pools/results', prints: [...upTo(10, i => `::: done hello ${i}`), 'Sub-processes done.'] },
  ],
  'S57 a new pool each round': [
    {
      run: 'pools/many-pools 2',
      prints: [...upTo(2, i => `round ${i + 1}: active, 10 files of 256 KiB`), '0 children left'],
    },
  ],
  'S58 the same with threads': [
    { run: 'processes/list-of-workers', prints: ['Process: 0 1 4 9 16', 'Thread: 0 1 4 9 16'] },
  ],
  'S59 a list is copied': [{ run: 'sharing/copies', prints: ['there: [ 1, 4, 9, 16 ]', 'here: []'] }],
  'S60 an array and a number are shared': [
    {
      run: 'sharing/squares',
      prints: ['there: [ 1, 4, 9, 16 ] sum 30', 'here: [ 1, 4, 9, 16 ] sum 30'],
    },
  ],
  'S65 plain, daemon, daemon and joined': [
    { run: 'processes/daemon plain', prints: ['parent done', 'child done'] },
    { run: 'processes/daemon daemon', prints: ['parent done'] },
    { run: 'processes/daemon joined', prints: ['child done', 'parent done'] },
  ],
  'S67 pid, name, alive': [
    {
      run: 'processes/properties',
      prints: [
        'before: Process-1, pid undefined, alive false, exit code null',
        'running: Process-1, pid N, alive true, exit code null',
        'stopped: Process-1, pid N, alive false, exit code -15',
      ],
    },
  ],
  'S68 cpuCount and activeChildren': [
    {
      run: 'processes/active-children',
      prints: [
        'N usable CPUs',
        ...upTo(3, i => `child Process-${i + 1} with pid N`),
        'END',
        ...upTo(3, i => `worker ${i + 1} slept ${i + 2}00 ms`),
      ],
      anyOrder: [5, 8],
    },
  ],
  'S69 a subclass of Process': [
    { run: 'processes/clock-process', prints: upTo(5, i => `tick ${i + 1} of 5 in ClockProcess-1`) },
  ],
  'S70 pids of parent and child': [
    {
      run: 'processes/parent-and-child',
      prints: ['I am N, and I have started N.', 'I am N, and my parent is N, named MainProcess.'],
    },
  ],
  'S71 a process with an argument': [
    {
      run: 'processes/arguments',
      prints: [
        'Parent process N.',
        'Child process will start.',
        'Run child process test (N)...',
        'Child process end.',
        'It returned TEST.',
      ],
    },
  ],
  'S66 S72 the fifth task waits for a free worker': [
    {
      run: 'pools/free-worker',
      prints: [
        'Parent process N.',
        'Waiting for all subprocesses to finish...',
        ...upTo(5, i => `Task ${i} begins in N.`),
        ...upTo(5, i => `Task ${i} took ${[100, 400, 500, 600, 100][i]} ms.`),
        'All subprocesses done.',
      ],
      anyOrder: [2, 12],
    },
  ],
  'S75 a balance under a lock': [{ run: 'sharing/balance', prints: ['balance: 0'] }],
  'S76 each thread has its own student': [
    {
      run: 'sync/thread-local',
      prints: [
        'Hello, Alice (in Thread-A)',
        'Hello, Bob (in Thread-B)',
        'Hello, Eve (a task)',
        'Hello, nobody (the program)',
      ],
    },
  ],
  'S79 five threads and five processes count': [
    {
      run: 'sharing/threads-and-processes',
      prints: [
        'main N',
        ...upTo(5, () => 'thread in N'),
        ...upTo(5, () => 'process in N'),
        'a plain counter: 0',
        'a shared one: 10',
        'pids of threads: 1, of processes: 5',
      ],
    },
  ],
  'S80 a child changes a number and an array': [
    { run: 'sharing/value-and-array', prints: ['3.14', '5 1 2 3 4 5 6 7 8 9'] },
  ],
  'S78 threads over links, processes over primes, hello bob': ['pools', 'executors'].map(room => ({
    run: `${room}/links-and-primes`,
    prints: [...upTo(3, i => `/page/${i + 1}: 16 letters`), ...isPrime, 'hello bob'],
  })),
  'S62 squares through a queue': [
    {
      run: 'channels/squares',
      prints: [...upTo(4, i => `${i + 1} squared: ${(i + 1) ** 2}`), 'the queue is empty: true'],
    },
  ],
  'S63 messages through a pipe until END': [
    {
      run: 'channels/pipe-until-end',
      prints: ['received: hello', 'received: hey', 'received: hru?', 'END came'],
    },
  ],
  'S73 a writer that ends and a reader that is terminated': [
    {
      run: 'channels/writer-and-reader',
      prints: [...upTo(3, i => `put ${'ABC'[i]} into the queue`), 'got A B C', 'the reader ended with -15'],
    },
  ],
  'S64 processes that download several files at a time each': [
    {
      run: 'executors/downloader',
      prints: [
        'the count of rpm list is: 60',
        '60 files, 6000 bytes',
        'in N processes, never more than 20 at a time: true',
      ],
    },
  ],
  'S66 ten tasks, four at a time': [
    {
      run: 'executors/ten-tasks',
      prints: [
        'began at once: 0 1 2 3',
        'task 1 ended first, then task 4 began',
        '10 tasks done, never more than 4 at a time: true',
      ],
    },
  ],
  'S72 five tasks of random length': [
    {
      run: 'executors/random-lengths',
      prints: [
        'Parent process N.',
        'Waiting for all subprocesses to finish...',
        ...upTo(5, i => `Run task ${i} (N)...`),
        ...upTo(5, i => `Task ${i} runs N ms.`),
        'All subprocesses done.',
      ],
      anyOrder: [2, 12],
    },
  ],
}

describe('examples', { timeout: 110_000 }, () => {
  for (const [name, runs] of Object.entries(cases)) {
    it(name, async () => {
      for (const { run, prints, anyOrder = NONE } of runs) {
        const [file = '', ...args] = run.split(' ')
        const result = await runProgram(join(EXAMPLES, `${file}.js`), { args })
        assert.deepEqual(result.left, [], `${run} left processes behind`)
        assert.equal(result.stderr, '', run)
        assert.equal(result.code, 0, run)
        const lines = withoutPids(result.stdout).split('\n').slice(0, -1)
        assert.deepEqual(sortPart(lines, anyOrder), sortPart(prints, anyOrder), run)
        if (file === 'pools/free-worker') assert.ok(mostAtOnce(lines) <= 4, lines.join('\n'))
      }
    })
  }

  it('each one is run here', () => {
    const run = Object.values(cases).flatMap(runs => runs.map(({ run: line }) => `${line.split(' ')[0]}.js`))
    for (const folder of ['processes', 'pools', 'executors', 'sharing', 'sync', 'channels']) {
      for (const file of readdirSync(join(EXAMPLES, folder)).filter(name => name.endsWith('.js'))) {
        assert.ok(run.includes(`${folder}/${file}`), `${folder}/${basename(file)} is in no test`)
      }
    }
  })

  it('each one shows in its first comment what it prints', () => {
    for (const { run, prints } of Object.values(cases).flat()) {
      const [file = '', argument] = run.split(' ')
      const source = readFileSync(join(EXAMPLES, '../../examples', `${file}.ts`), 'utf8')
      const comment = source.slice(0, source.indexOf('*/')).replaceAll(/\b47\d\d\b/g, 'N')
      const shown = argument === undefined ? (prints[0] ?? '') : argument
      assert.ok(
        comment.includes(shown.replace('N usable', '2 usable')),
        `${file}: ${shown} is not in its comment`,
      )
    }
  })
})

function sortPart(lines: readonly string[], [from, to]: Part): string[] {
  return [...lines.slice(0, from), ...lines.slice(from, to).toSorted(), ...lines.slice(to)]
}

function withoutPids(text: string): string {
  return text
    .replaceAll(/\b(pid|process|am|main|started|is|in) \d+/g, '$1 N')
    .replaceAll(/\(\d+\)/g, '(N)')
    .replaceAll(/runs \d+ ms/g, 'runs N ms')
    .replaceAll(/^\d+ usable/gm, 'N usable')
}

function mostAtOnce(lines: readonly string[]): number {
  let running = 0
  let most = 0
  for (const line of lines) {
    if (/begins/.test(line)) running++
    if (/took/.test(line)) running--
    most = Math.max(most, running)
  }
  return most
}

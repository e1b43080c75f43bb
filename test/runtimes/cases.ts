import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProgramOptions, ProgramResult } from '../support/index.ts'

/*
 * One small program that uses everything once, and the ways in which people run programs.
 */

/** Pool, ThreadPool, Process, Thread; closures, functions beside the call, built-in imports. */
const BODY = `
const offset = 3
const short = (text) => createHash('sha256').update(text).digest('hex').slice(0, 4)
async function main() {
  const found = []
  for (const Kind of [Pool, ThreadPool]) {
    const pool = new Kind(2)
    const factor = found.length + 1
    found.push((await pool.map((n) => n * n * factor + offset, [1, 2, 3])).join(' '))
    found.push(await pool.apply(short, ['x']))
    pool.close()
    await pool.join()
  }
  for (const Kind of [Process, Thread]) {
    const worker = new Kind({ target: short, args: ['x'] }).start()
    found.push(await worker.result())
    await worker.join()
    found.push(worker.exitCode)
  }
  return found.join('|')
}
`
const ESM_IMPORTS = `import { createHash } from 'node:crypto'
import { Pool, Process, Thread, ThreadPool } from 'manycore'
`
const ESM = `${ESM_IMPORTS}${BODY}console.log(await main())\n`
const CJS = `const { createHash } = require('node:crypto')
const { Pool, Process, Thread, ThreadPool } = require('manycore')
${BODY}main().then(console.log)\n`
const TS = ESM.replace('(text) =>', '(text: string): string =>')
  .replace('(n) =>', '(n: number): number =>')
  .replace('const found = []', 'const found: (string | number | null)[] = []')

const PROCESSES_ONLY = ESM.replace('[Pool, ThreadPool]', '[Pool, Pool]').replace(
  '[Process, Thread]',
  '[Process, Process]',
)

export const EXPECTED = '4 7 12|2d71|6 15 30|2d71|2d71|0|2d71|0\n'

export interface Case {
  readonly name: string
  readonly source: string
  readonly options: ProgramOptions
  /** Checks beyond what it prints. */
  readonly check?: (result: ProgramResult) => void
  /** What it prints that is not the program's own. */
  readonly printsMore?: boolean
}

/** Runs the program under a shell that prepares its surroundings: `"$@"` there is the program. */
function underShell(node: string, script: string): ProgramOptions {
  return { node: '/bin/sh', execArgv: ['-c', script, 'sh', node] }
}

const tsx = import.meta.resolve('tsx')

export function casesFor(node: string, version: string): Case[] {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const stripsTypes = major > 22 || (major === 22 && minor >= 18)
  const plain = (name: string, source: string, options: ProgramOptions): Case => ({
    name,
    source,
    options: { node, ...options },
  })
  const shell = (name: string, script: string): Case => ({
    name,
    source: ESM,
    options: underShell(node, script),
  })
  const suite = { 'suite.mjs': ESM }
  const coverage = mkdtempSync(join(process.env['MANYCORE_TEST_RUN'] ?? tmpdir(), 'coverage-'))
  return [
    plain('an ES module', ESM, {}),
    plain('a CommonJS module', CJS, { name: 'main.cjs' }),
    plain('TypeScript by tsx', TS, { name: 'main.mts', execArgv: ['--import', tsx] }),
    ...(stripsTypes
      ? [
          plain("TypeScript by Node's type stripping", TS, {
            name: 'main.mts',
            env: { NODE_NO_WARNINGS: '1' },
          }),
        ]
      : []),
    plain('node -e', CJS, { execArgv: ['-e', CJS] }),
    plain('node --input-type=module -e', ESM, { execArgv: ['--input-type=module', '-e', ESM] }),
    plain('a CommonJS script on stdin', CJS, { execArgv: ['-'], input: CJS }),
    plain('a module on stdin', ESM, { execArgv: ['--input-type=module', '-'], input: ESM }),
    plain(
      'inside a worker thread',
      `import { Worker } from 'node:worker_threads'\nnew Worker(new URL('suite.mjs', import.meta.url))\n`,
      { files: suite },
    ),
    plain(
      'inside a child process',
      `import { fork } from 'node:child_process'\nfork(new URL('suite.mjs', import.meta.url))\n`,
      { files: suite },
    ),
    plain('imported by another module', `await import('./suite.mjs')\n`, { files: suite }),
    {
      name: 'inside node:test',
      source: `import { test } from 'node:test'\ntest('all', () => import('./suite.mjs'))\n`,
      options: { node, execArgv: ['--test', '--test-reporter=tap'], files: suite, name: 'main.test.mjs' },
      printsMore: true,
    },
    plain('with --inspect', ESM, { execArgv: ['--inspect=127.0.0.1:0'] }),
    {
      ...plain("with Node's coverage", ESM, { env: { NODE_V8_COVERAGE: coverage } }),
      check: () => {
        if (readdirSync(coverage).length === 0) throw new Error('no coverage was written')
      },
    },
    plain('with blanks and letters beyond ASCII in its path', ESM, {
      name: 'späte Schicht/日本 100% #1?.mjs',
    }),
    plain(
      'by a symbolic link',
      `import { symlinkSync } from 'node:fs'\nimport { fork } from 'node:child_process'\nsymlinkSync('suite.mjs', 'link.mjs')\nfork('link.mjs')\n`,
      { files: suite },
    ),
    // Node itself can't start a thread there.
    plain(
      'in a folder that was removed, processes only',
      PROCESSES_ONLY.replace(
        'console.log(',
        `import { mkdtempSync, rmdirSync } from 'node:fs'\nconst gone = mkdtempSync('gone-')\nprocess.chdir(gone)\nrmdirSync(process.cwd())\nconsole.log(`,
      ),
      {},
    ),
    shell('with stdin closed', 'exec "$@" <&-'),
    shell('with stderr closed', 'exec "$@" 2>&-'),
    shell(
      'with stdout closed',
      'file=$(mktemp ./out.XXXXXX); sed "s#console.log(#(await import(\'node:fs\')).writeFileSync(\'$file\',#" main.mjs > quiet.mjs; "$1" quiet.mjs >&- && cat "$file" && echo',
    ),
    shell('with 64 file descriptors', 'ulimit -n 64; exec "$@"'),
    shell('niced, in a session of its own', 'exec nice -n 5 setsid -w "$@"'),
  ]
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layOutApp } from './app.ts'
import { compile } from './compile.ts'
import { runProgram } from './cell.ts'
import { findOther } from './fetch-runtimes.ts'
import { App } from './toolchain.ts'

/*
 * Bun and Deno. What their engines tell about functions is too little for closures; the rest has to work, or the error
 * has to say that it can't.
 */

export interface OtherLine {
  readonly kind: 'thread' | 'process'
  /** The function. */
  readonly what: string
  readonly outcome: 'works' | 'refused' | 'fails'
  /** The error's code and first line. */
  readonly says: string
}

/** What Bun or Deno did. */
export type OtherRow =
  | { readonly title: string; readonly lines: readonly OtherLine[]; readonly problems: readonly string[] }
  | { readonly title: string; readonly missing: string }

interface Other {
  readonly id: 'bun' | 'deno'
  readonly title: string
  readonly version: string
  /** Before the script. */
  readonly args: readonly string[]
  /** What is refused there; everything else works. */
  readonly isRefused: (line: OtherLine) => boolean
}

const CLOSURE = 'that captures a variable'

const ALL: readonly Other[] = [
  {
    id: 'bun',
    title: 'Bun',
    version: '1.4.5',
    args: ['run'],
    isRefused: ({ kind, what }) => kind === 'process' || what === CLOSURE || what === 'that uses an import',
  },
  {
    id: 'deno',
    title: 'Deno',
    version: '2.9.6',
    args: ['run', '--allow-all'],
    isRefused: ({ what }) => what === CLOSURE,
  },
]

export const OTHERS: readonly string[] = ALL.map(({ id }) => id)

/** Tries those whose names begin with one of the words; all of them when there are none. */
export async function runOthers(only: readonly string[]): Promise<OtherRow[]> {
  const rows: OtherRow[] = []
  for (const other of ALL)
    if (only.length === 0 || only.some(word => other.id.startsWith(word))) rows.push(await run(other))
  return rows
}

async function run({ id, title: name, version, args, isRefused }: Other): Promise<OtherRow> {
  const title = `${name} ${version}`
  process.stderr.write(`${title} … `)
  const found = findOther(id, version)
  if ('missing' in found) return told({ title, missing: found.missing })
  const folder = mkdtempSync(join(tmpdir(), `manycore-${id}-`))
  try {
    const app = new App(join(folder, 'app'))
    mkdirSync(app.folder)
    layOutApp(app.folder, { type: 'module' })
    compile(app, { files: ['shapes.ts'], options: {} })
    const report = app.path('report.json')
    const { output } = await runProgram(app, found.path, [...args, 'others.mjs'], { RUNTIMES_REPORT: report })
    return told({ title, ...judged(app, output, isRefused) })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function judged(app: App, output: string, isRefused: Other['isRefused']) {
  let lines: readonly OtherLine[]
  try {
    lines = JSON.parse(app.read('report.json')) as readonly OtherLine[]
  } catch {
    return { lines: [], problems: [`no report:\n${output}`] }
  }
  const problems = lines
    .filter(line => line.outcome !== (isRefused(line) ? 'refused' : 'works'))
    .map(({ kind, what, outcome, says }) => `${kind}, a function ${what}: ${outcome} ${says}`)
  return { lines, problems }
}

function told(row: OtherRow): OtherRow {
  if ('missing' in row) process.stderr.write(`not run: ${row.missing}\n`)
  else {
    const works = row.lines.filter(({ outcome }) => outcome === 'works').length
    process.stderr.write(`${works} of ${row.lines.length} work, the others are refused\n`)
    for (const problem of row.problems) process.stderr.write(`      ${problem}\n`)
  }
  return row
}

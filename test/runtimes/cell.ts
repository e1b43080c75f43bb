import { spawn } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import type { Report } from './fixtures/report.ts'
import type { App, Runtime, Toolchain } from './toolchain.ts'

/** What one toolchain did on one Node. */
export interface Outcome {
  readonly report: Report | undefined
  /** What it printed. */
  readonly output: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** It was killed at its deadline. */
  readonly late: boolean
  readonly ms: number
}

/** Milliseconds that a whole cell may take. */
const CELL_LIMIT = 300_000

/** Runs the project on one Node. */
export async function runCell(toolchain: Toolchain, app: App, node: Runtime): Promise<Outcome> {
  const reportFile = app.path(`report-${node.major}.json`)
  rmSync(reportFile, { force: true })
  const ended = await runProgram(app, node.path, toolchain.run(app, node), {
    ...toolchain.env,
    RUNTIMES_REPORT: reportFile,
    RUNTIMES_WRITTEN: toolchain.written ?? '',
  })
  writeFileSync(app.path(`output-${node.major}.txt`), ended.output)
  return { report: readReport(app, reportFile), ...ended }
}

/** Groups that run; they end with this program, however it ends. */
const running = new Set<number>()
process.once('exit', () => running.forEach(killGroup))

/** Runs a program in the project's folder to its end, or to its deadline. */
export async function runProgram(
  app: App,
  executable: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Omit<Outcome, 'report'>> {
  const began = performance.now()
  const child = spawn(executable, args, {
    cwd: app.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: everything that it started ends with it.
    detached: true,
    env: environment(env),
  })
  if (child.pid !== undefined) running.add(child.pid)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  let late = false
  const timer = setTimeout(() => {
    late = true
    killGroup(child.pid)
  }, CELL_LIMIT)
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) =>
      child.once('close', (...status) => resolve(status)).once('error', reject),
    )
    return { output, code, signal, late, ms: performance.now() - began }
  } finally {
    clearTimeout(timer)
    killGroup(child.pid)
    if (child.pid !== undefined) running.delete(child.pid)
  }
}

function readReport(app: App, file: string): Report | undefined {
  try {
    return JSON.parse(app.read(file.slice(app.folder.length + 1))) as Report
  } catch {
    return undefined
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // All of it has ended.
  }
}

/** What this run has of its own is none of the program's business. */
function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_|npm_|MANYCORE_|CI$|FORCE_COLOR$)/.test(name),
  )
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', ...more }
}

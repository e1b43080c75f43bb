import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { endProcesses, processesOf } from './processes.ts'
import { type TempDir, tempDir } from './temp-dir.ts'

export interface ProgramOptions {
  /** Arguments after the script. */
  readonly args?: readonly string[]
  /** Options of Node itself, before the script. */
  readonly execArgv?: readonly string[]
  /** Added to this process's environment; `undefined` takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Another Node than the one that runs the test. */
  readonly node?: string
  readonly cwd?: string
  /** Text for its stdin, which is then closed. Default: an empty stdin. */
  readonly input?: string
  /** More files to lay beside a program given as source: `{ 'work.mjs': 'export …' }`. */
  readonly files?: Readonly<Record<string, string>>
  /** The file name of a program given as source. Default `main.mjs`; the ending picks the kind of module. */
  readonly name?: string
  /** Milliseconds until it is killed with everything that it started, and the result says `late`. Default 20 000. */
  readonly timeout?: number
}

export interface ProgramResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** From its start to its exit. */
  readonly ms: number
  /** It missed its deadline and was killed. */
  readonly late: boolean
  /** What it had started and left running when it ended, as command lines. They are ended by now. (Linux only.) */
  readonly left: readonly string[]
}

/** A program that runs. */
export interface Program {
  readonly child: ChildProcess
  readonly pid: number
  /** The first line on stdout or stderr that matches, also when it was printed before. Rejects when the program ends without it. */
  line(pattern: RegExp): Promise<string>
  /** The processes that it has started, at any depth, and that live. (Linux only.) */
  below(): number[]
  readonly done: Promise<ProgramResult>
}

/** The folder of the package, from `dist/test/support/`. */
const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url))
/** After the program's own exit, how long what it started may take to notice. */
const GRACE = 5000

/**
 * Runs a real program to its end: the path of a file, or source text.
 * Source text is laid into a folder of its own where `import 'manycore'` finds this package.
 * @example
 * const { code, stdout } = await runProgram(`console.log(1 + 1)`)
 */
export function runProgram(sourceOrFile: string, options: ProgramOptions = {}): Promise<ProgramResult> {
  return startProgram(sourceOrFile, options).done
}

/** Starts a program and gives it at once, for a test that talks to it or sends it signals while it runs. */
export function startProgram(sourceOrFile: string, options: ProgramOptions = {}): Program {
  const folder = existsSync(sourceOrFile) ? undefined : layOut(sourceOrFile, options)
  const script = folder ? join(folder.path, options.name ?? 'main.mjs') : sourceOrFile
  const mark = `MANYCORE_TEST_PROGRAM=${randomUUID()}`
  const began = performance.now()
  const child = spawn(
    options.node ?? process.execPath,
    [...(options.execArgv ?? []), script, ...(options.args ?? [])],
    {
      cwd: options.cwd ?? folder?.path,
      env: environment(mark, options.env),
    },
  )
  child.stdin.on('error', () => {}) // It may end without reading its input.
  child.stdin.end(options.input ?? '')
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  return {
    child,
    pid: child.pid ?? -1,
    line: pattern => waitForLine(child, output, pattern),
    below: () =>
      processesOf(mark)
        .map(found => found.pid)
        .filter(pid => pid !== child.pid),
    done: finish(child, output, { mark, began, folder, timeout: options.timeout ?? 20_000 }),
  }
}

type Output = Readonly<Record<'stdout' | 'stderr', string>>

async function finish(
  child: ChildProcess,
  output: Output,
  run: { mark: string; began: number; folder: TempDir | undefined; timeout: number },
): Promise<ProgramResult> {
  let late = false
  const timer = setTimeout(() => {
    late = true
    endTree(child, run.mark)
  }, run.timeout)
  try {
    const closed = new Promise<void>((resolve, reject) =>
      child.once('close', () => resolve()).once('error', reject),
    )
    const [code, signal, ms] = await new Promise<[number | null, NodeJS.Signals | null, number]>(
      (resolve, reject) => {
        child
          .once('exit', (...status) => resolve([...status, performance.now() - run.began]))
          .once('error', reject)
      },
    )
    const left = await leftovers(run.mark)
    if (left.length > 0) endTree(child, run.mark)
    await closed
    return { code, signal, ...output, ms, late, left }
  } finally {
    clearTimeout(timer)
    run.folder?.remove()
  }
}

/** Command lines of what outlived the program by more than the grace time. */
async function leftovers(mark: string): Promise<string[]> {
  const end = performance.now() + GRACE
  let left = processesOf(mark)
  while (left.length > 0 && performance.now() < end) {
    await new Promise(resolve => setTimeout(resolve, 10))
    left = processesOf(mark)
  }
  return left.map(found => found.command)
}

function endTree(child: ChildProcess, mark: string): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  // Twice, because a process may start another between the look and the kill.
  for (let round = 0; round < 2; round++) endProcesses(processesOf(mark).map(found => found.pid))
}

function waitForLine(child: ChildProcess, output: Output, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = `${output.stdout}\n${output.stderr}`.split('\n').find(line => pattern.test(line))
      if (found === undefined) return
      stop()
      resolve(found)
    }
    const ended = (): void => {
      stop()
      reject(new Error(`the program ended without printing ${pattern}:\n${output.stdout}\n${output.stderr}`))
    }
    const stop = (): void => {
      child.stdout?.off('data', look)
      child.stderr?.off('data', look)
      child.off('close', ended)
    }
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    child.once('close', ended)
    look()
  })
}

function layOut(source: string, options: ProgramOptions): TempDir {
  const folder = tempDir()
  mkdirSync(join(folder.path, 'node_modules'))
  symlinkSync(PACKAGE, join(folder.path, 'node_modules', 'manycore'), 'junction')
  for (const [name, text] of Object.entries(options.files ?? {})) folder.write(name, text)
  folder.write(options.name ?? 'main.mjs', source)
  return folder
}

function environment(mark: string, extra: ProgramOptions['env'] = {}): NodeJS.ProcessEnv {
  const [name = '', value = ''] = mark.split('=')
  // What the test runner tells its own children is none of the program's business.
  const merged: NodeJS.ProcessEnv = { ...process.env, NODE_TEST_CONTEXT: undefined, ...extra, [name]: value }
  for (const key of Object.keys(merged)) if (merged[key] === undefined) delete merged[key]
  return merged
}

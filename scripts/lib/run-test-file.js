// @ts-check
/*
 * Runs one test file under `node --test`, in a process group, an environment and a folder for temporary files of
 * its own, and finds out what it left behind in any of the three.
 *
 *    scripts/test.js ──► node --test FILE ──► the file itself ──► its programs, processes, threads
 *                   ◄── events as JSON ──
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { endProcesses, processesOf, processesOfSession } from '../../dist/test/support/processes.js'

/** @typedef {import('./test-events.js').TestEvent} TestEvent */
/** @typedef {'pass' | 'fail' | 'cancelled' | 'skipped' | 'todo'} Outcome */
/**
 * @typedef {object} TestResult
 * @property {readonly string[]} path   the suites and the test's own name, outermost first
 * @property {boolean} suite
 * @property {Outcome} outcome
 * @property {number} ms
 * @property {string | undefined} error
 */
/**
 * @typedef {object} FileResult
 * @property {string} file
 * @property {number} ms
 * @property {readonly TestResult[]} results   a suite before its tests
 * @property {readonly string[]} problems      what is wrong with the file as a whole
 * @property {string} output                   what it printed
 */

const REPORTER = fileURLToPath(new URL('./test-events.js', import.meta.url))
/** How long a file's processes may take to notice that it ended. */
const GRACE = 5000
/** Signals that ask a test process what it still holds (see test/support/leaks.ts), and how long it may take. */
const ASK = { signal: /** @type {const} */ ('SIGUSR2'), wait: 300 }

/**
 * @param {string} file     a built test file
 * @param {{ node: string, deadline: number, signal?: AbortSignal }} options
 * @returns {Promise<FileResult>}
 */
export async function runTestFile(file, { node, deadline, signal }) {
  const temp = realpathSync(mkdtempSync(join(tmpdir(), 'mct-')))
  // A name of its own rather than a value, so that a test that runs test files itself passes on both marks.
  const mark = `MANYCORE_${basename(temp).replace(/\W/g, '_')}`
  const began = performance.now()
  const child = spawn(node, ['--test', `--test-reporter=${REPORTER}`, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(temp, mark),
    detached: process.platform !== 'win32', // A group of its own can be ended as one.
  })
  const pid = child.pid ?? -1
  const log = new EventLog(file)
  createInterface({ input: child.stdout }).on('line', line => log.read(line))
  child.stderr.setEncoding('utf8').on('data', text => log.print(text))

  /** @type {string[]} */
  const problems = []
  const end = () => endGroup(pid, mark)
  signal?.addEventListener('abort', end)
  const late = setTimeout(async () => {
    problems.push(`missed its deadline of ${deadline} ms`, ...(await whatIsPending(pid, mark, log)))
    end()
  }, deadline)
  const closed = new Promise(resolve => child.once('close', resolve))
  await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject))
  const ms = performance.now() - began
  clearTimeout(late)
  const left = await leftProcesses(pid, mark)
  problems.push(...left)
  if (left.length > 0) end()
  else trySignal(-pid, 'SIGKILL') // Not everywhere can it be seen whether something was left.
  await closed
  signal?.removeEventListener('abort', end)
  problems.push(...leftFiles(temp))
  rmSync(temp, { recursive: true, force: true, maxRetries: 3 })
  return { file, ms, results: log.results(), problems: [...problems, ...log.problems()], output: log.output }
}

/** @param {string} temp @param {string} mark */
function environment(temp, mark) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, [mark]: '1', TMPDIR: temp }
  // Set when this runs inside a test itself; with it, Node would answer in a form of its own.
  delete env.NODE_TEST_CONTEXT
  return env
}

/** What the events of one file say. */
class EventLog {
  output = ''
  /** @type {string[]} */
  #open = []
  /** @type {TestResult[]} */
  #results = []
  /** @type {string[]} */
  #problems = []
  /** @type {Map<string, number>} */
  #running = new Map()
  #file

  /** @param {string} file */
  constructor(file) {
    this.#file = file
  }

  /** @param {string} text */
  print(text) {
    this.output += text
  }

  /** @param {string} line */
  read(line) {
    /** @type {TestEvent} */
    let event
    try {
      event = JSON.parse(line)
    } catch {
      return this.print(`${line}\n`)
    }
    if (event.message !== undefined && /^test:std(out|err)$/.test(event.type))
      return this.print(event.message)
    if (event.name !== undefined && !this.#isFile(event.name)) return this.#test(event, event.name)
    if (event.type === 'test:fail' && event.failure !== 'subtestsFailed') {
      this.#problems.push('failed outside its tests; what it printed says why')
    }
  }

  results() {
    return this.#results
  }

  /** The names of the tests that began and did not end. */
  running() {
    return [...this.#running].filter(([, count]) => count > 0).map(([name]) => name)
  }

  problems() {
    const none = this.#results.length === 0 && this.#problems.length === 0
    return none ? ['has no test that ended'] : this.#problems
  }

  /** The event of the file itself bears its path, which not every Node makes absolute. @param {string} name */
  #isFile(name) {
    return name === this.#file || this.#file.endsWith(`/${name}`)
  }

  /** @param {TestEvent} event @param {string} name */
  #test(event, name) {
    const nesting = event.nesting ?? 0
    if (event.type === 'test:dequeue') this.#running.set(name, (this.#running.get(name) ?? 0) + 1)
    if (event.type === 'test:complete') this.#running.set(name, (this.#running.get(name) ?? 0) - 1)
    if (event.type === 'test:start') {
      this.#open.length = nesting
      this.#open[nesting] = name
    }
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      const path = [...this.#open.slice(0, nesting), name]
      this.#results.push({
        path,
        suite: event.suite === true,
        outcome: outcome(event),
        ms: event.ms ?? 0,
        error: event.failure === 'subtestsFailed' ? undefined : event.error,
      })
    }
  }
}

/** @param {TestEvent} event @returns {Outcome} */
function outcome(event) {
  if (event.skip) return 'skipped'
  if (event.todo) return 'todo'
  if (event.type === 'test:pass') return 'pass'
  return event.failure === 'cancelledByParent' || event.failure === 'testAborted' ? 'cancelled' : 'fail'
}

/**
 * @param {number} pid
 * @param {string} mark
 * @param {EventLog} log
 */
async function whatIsPending(pid, mark, log) {
  const alive = groupOf(pid, mark)
  for (const found of alive) if (found.parent === pid) trySignal(found.pid, ASK.signal)
  await sleep(ASK.wait)
  return [
    ...log.running().map(name => `still running: ${name}`),
    ...alive
      .filter(found => found.pid !== pid)
      .map(found => `process ${found.pid} (${found.state}): ${found.command}`),
  ]
}

/** @param {number} pid @param {string} mark */
async function leftProcesses(pid, mark) {
  const end = performance.now() + GRACE
  let left = groupOf(pid, mark)
  while (left.length > 0 && performance.now() < end) {
    await sleep(20)
    left = groupOf(pid, mark)
  }
  return left.map(found => `left a process behind: ${found.pid} ${found.command}`)
}

/** @param {string} temp */
function leftFiles(temp) {
  return readdirSync(temp)
    .filter(name => name.startsWith('manycore'))
    .map(name => `left a temporary file behind: ${name}`)
}

/** The file's processes: those with its mark, and those of its session that had their environment replaced. @param {number} pid @param {string} mark */
function groupOf(pid, mark) {
  const found = [...processesOf(`${mark}=1`), ...processesOfSession(pid)]
  return [...new Map(found.map(one => [one.pid, one])).values()]
}

/** @param {number} pid @param {string} mark */
function endGroup(pid, mark) {
  trySignal(-pid, 'SIGKILL')
  // Twice, because a process may start another between the look and the kill.
  for (let round = 0; round < 2; round++) endProcesses(groupOf(pid, mark).map(found => found.pid))
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function trySignal(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself.
  }
}

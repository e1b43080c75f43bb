// @ts-check
/*
 * Runs the built test files, each in a process of its own with a deadline, and reports those that fail or leave
 * processes or temporary files behind. Files that fail beside others are run once more, alone: a busy machine is no
 * fault of theirs. That it took two runs is printed, with what went wrong in the first.
 *
 *    npm test                       all of them
 *    npm test -- pool codec         those whose path holds one of the words
 *    npm test -- --node PATH        with another Node
 *    npm test -- --quiet            names only the tests that fail; --verbose shows what each file printed
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { findTool, noNativeCode } from '../dist/test/support/tools.js'
import { inParallel } from './lib/in-parallel.js'
import { runTestFile } from './lib/run-test-file.js'
import { findTestFiles, sourceName } from './lib/test-files.js'

/** @typedef {import('./lib/run-test-file.js').FileResult} FileResult */
/** @typedef {import('./lib/run-test-file.js').TestResult} TestResult */

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', default: process.execPath },
    jobs: { type: 'string', default: String(Math.min(availableParallelism(), 8)) },
    deadline: { type: 'string', default: '240000' },
    verbose: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

/** More files than this have a fault in common, and no bad luck. */
const MOST_AGAIN = 8
const MARKS = { pass: '✔', fail: '✖', cancelled: '✖', skipped: '﹣', todo: '…' }
/** Programs that some tests need, and what is not tested without them. */
const TOOLS = {
  python3: 'talking to Python programs',
  'redis-server': 'work over many machines through Redis',
}

if (options.help) {
  console.log(
    'npm test -- [words in the path of a test file] [--node PATH] [--jobs N] [--deadline MS] [--verbose | --quiet]',
  )
} else {
  process.exitCode = await main()
}

async function main() {
  const files = findTestFiles(positionals)
  if (files.length === 0) {
    console.error(`no test file matches ${positionals.join(' ')}; is the build up to date?`)
    return 1
  }
  for (const [tool, what] of Object.entries(TOOLS)) {
    if (!findTool(tool)) console.log(`${tool} was not found: tests of ${what} are skipped`)
  }
  if (noNativeCode()) console.log(`${noNativeCode()}: tests of what only native code can do are skipped`)
  const began = performance.now()
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const settings = { node: options.node, deadline: Number(options.deadline), signal: stop.signal }
  const run = (/** @type {string} */ file) =>
    stop.signal.aborted ? Promise.resolve(undefined) : runTestFile(file, settings)
  const show = (/** @type {FileResult | undefined} */ result) => {
    if (result && !stop.signal.aborted) printFile(result)
  }
  const results = await inParallel(files, Number(options.jobs), run, show)
  if (stop.signal.aborted) return 130
  const once = results.filter(result => result !== undefined)
  const ran = await withFailedAgain(once, run)
  if (stop.signal.aborted) return 130
  printFailures('failing tests:', ran.filter(hasFailed))
  return printTotals(ran, performance.now() - began) ? 0 : 1
}

/**
 * Runs failed files again, one after the other, and gives all results with the new ones in place of theirs.
 * @param {readonly FileResult[]} results
 * @param {(file: string) => Promise<FileResult | undefined>} run
 */
async function withFailedAgain(results, run) {
  const failed = results.filter(hasFailed)
  if (failed.length === 0 || failed.length > MOST_AGAIN || Number(options.jobs) < 2) return results
  printFailures('failed beside others, now run again alone:', failed)
  console.log()
  /** @type {Map<string, FileResult>} */
  const again = new Map()
  for (const { file } of failed) {
    const result = await run(file)
    if (!result) return results
    printFile(result)
    again.set(file, result)
  }
  return results.map(result => again.get(result.file) ?? result)
}

/** @param {FileResult} result */
function printFile(result) {
  const bad = hasFailed(result)
  if (options.quiet && !bad) return
  console.log(`${bad ? MARKS.fail : MARKS.pass} ${sourceName(result.file)} (${Math.round(result.ms)} ms)`)
  const shown = options.quiet ? result.results.filter(({ outcome }) => isFailure(outcome)) : result.results
  for (const line of treeLines(shown)) console.log(`  ${line}`)
  for (const problem of result.problems) console.log(`  ${MARKS.fail} ${problem}`)
  if ((bad || options.verbose) && result.output) console.log(indent(result.output.trimEnd(), '  | '))
}

/** The tests under headings of their suites. @param {readonly TestResult[]} results */
function treeLines(results) {
  /** @type {string[]} */
  const lines = []
  /** @type {readonly string[]} */
  let open = []
  for (const { path, suite, outcome, ms, error } of results) {
    // A suite comes after its tests; its heading is there by then, and only an error of its own is news.
    if (suite && error === undefined && outcome !== 'skipped') continue
    const parents = path.slice(0, -1)
    let depth = parents.findIndex((name, at) => open[at] !== name)
    for (; depth >= 0 && depth < parents.length; depth++)
      lines.push(`${'  '.repeat(depth)}▶ ${parents[depth]}`)
    open = parents
    lines.push(`${'  '.repeat(parents.length)}${MARKS[outcome]} ${path.at(-1)} (${Math.round(ms)} ms)`)
  }
  return lines
}

/** @param {string} title @param {readonly FileResult[]} failed */
function printFailures(title, failed) {
  if (failed.length > 0) console.log(`\n${title}`)
  for (const { file, results, problems } of failed) {
    for (const { path, outcome, error } of results) {
      if (error === undefined || !isFailure(outcome)) continue
      console.log(`\n${MARKS.fail} ${sourceName(file)}: ${path.join(' › ')}\n${indent(error, '  ')}`)
    }
    for (const problem of problems) console.log(`\n${MARKS.fail} ${sourceName(file)}: ${problem}`)
  }
}

/**
 * Prints the closing lines in the form of Node's own test runner. A file with a fault of its own counts as one more
 * test that failed. Tells whether all went well.
 * @param {readonly FileResult[]} files
 * @param {number} ms
 */
function printTotals(files, ms) {
  const results = files.flatMap(file => file.results)
  const tests = results.filter(result => !result.suite)
  const count = (/** @type {TestResult['outcome']} */ outcome) =>
    tests.filter(test => test.outcome === outcome).length
  const own =
    files.filter(file => file.problems.length > 0).length +
    results.filter(result => result.suite && result.error !== undefined && isFailure(result.outcome)).length
  const failed = count('fail') + own
  console.log(
    [
      `\n# tests ${tests.length + own}`,
      `# suites ${results.length - tests.length}`,
      `# pass ${count('pass')}`,
      `# fail ${failed}`,
      `# cancelled ${count('cancelled')}`,
      `# skipped ${count('skipped')}`,
      `# todo ${count('todo')}`,
      `# duration_ms ${ms}`,
    ].join('\n'),
  )
  return failed === 0 && count('cancelled') === 0
}

/** @param {FileResult} file */
function hasFailed(file) {
  return file.problems.length > 0 || file.results.some(result => isFailure(result.outcome))
}

/** @param {TestResult['outcome']} outcome */
function isFailure(outcome) {
  return outcome === 'fail' || outcome === 'cancelled'
}

/** @param {string} text @param {string} by */
function indent(text, by) {
  return text.replace(/^/gm, by)
}

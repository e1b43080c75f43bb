// @ts-check
/*
 * npm start              what is in every file below node_modules, on all cores
 * npm start -- DIR       the same for another folder
 *
 * The work is done by the real command, `manycore map … --json`; this script reads its results, prints the report,
 * and then measures one worker against all of them over the same files.
 */
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { cpuCount } from 'manycore'
import { bytes, count, reportFiles } from '../dist/examples/file-report.js'

/** @typedef {import('../dist/examples/file-report.js').FileResult} FileResult */
/** @typedef {{ files: FileResult[], ms: number, code: number }} Run */

const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const FUNCTION = `${fileURLToPath(new URL('../dist/examples/file-facts.js', import.meta.url))}#describeFile`
/** How long one worker may take for the comparison. */
const COMPARISON_MS = 6000
/** Exit code for a command that a signal ended: as after Ctrl-C. */
const KILLED = 130

process.exitCode = await main(process.argv[2] ?? 'node_modules')

/** @param {string} folder */
async function main(folder) {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    console.error(`There is no folder ${folder}. Try: npm start -- some/folder`)
    return 2
  }
  // Ctrl-C reaches the command too, which ends in good order and says so; this script ends after it.
  process.on('SIGINT', () => {})
  console.log(`Size, gzip size and SHA-256 of every file below ${folder}, on ${workers(cpuCount())}:`)
  const run = await map([folder], { visible: true })
  if (run.code > 1) return run.code
  console.log(`\n${reportFiles(run.files)}\n`)
  const compared = await compare(run)
  return compared === 0 ? run.code : compared
}

/**
 * One worker against one for each CPU, both really run, over the same files.
 * @param {Run} run
 */
async function compare({ files }) {
  if (cpuCount() === 1) console.log('This machine has one usable CPU: nothing to compare.')
  if (cpuCount() === 1 || files.length === 0) return 0
  const sample = sampleOf(files)
  const size = sample.reduce((total, file) => total + file.value.size, 0)
  const input = sample.map(file => `${file.input}\n`).join('')
  const what =
    sample.length === files.length ? 'all files' : `${count(sample.length)} of the files, evenly chosen`
  console.log(
    `One core against ${cpuCount()}: ${what}, ${bytes(size)}, from the file cache, start-up included`,
  )

  const one = await map(['--lines', '-', '-w', '1'], { input })
  if (one.code > 1) return one.code
  console.log(`  one worker   ${seconds(one.ms)}`)
  const all = await map(['--lines', '-'], { input })
  if (all.code > 1) return all.code
  console.log(
    `  ${workers(cpuCount()).padEnd(11)}  ${seconds(all.ms)}: ${(one.ms / all.ms).toFixed(2)} times as fast`,
  )
  return 0
}

/**
 * Every n-th file, so many that one worker needs about COMPARISON_MS.
 * @param {readonly FileResult[]} files
 */
function sampleOf(files) {
  const total = files.reduce((ms, file) => ms + file.ms, 0)
  const step = Math.max(1, Math.ceil(total / COMPARISON_MS))
  return files.filter((file, at) => at % step === 0 && !file.input.includes('\n'))
}

/**
 * Runs `manycore map` and reads its results. Visible: its progress bar and summary are shown.
 * @param {readonly string[]} args
 * @param {{ visible?: boolean, input?: string }} options
 * @returns {Promise<Run>}
 */
async function map(args, { visible = false, input = '' }) {
  const began = performance.now()
  const child = spawn(process.execPath, [COMMAND, 'map', FUNCTION, '--json', ...args], {
    stdio: ['pipe', 'pipe', visible ? 'inherit' : 'ignore'],
  })
  /** @type {Promise<number>} */
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject).once('exit', code => resolve(code ?? KILLED))
  })
  child.stdin.on('error', () => {}).end(input) // An error there means that it has ended; its exit code tells.
  const files = []
  for await (const line of createInterface({ input: child.stdout })) {
    const result = JSON.parse(line)
    if (!result.error) files.push(result)
  }
  return { files, code: await exited, ms: performance.now() - began }
}

/** @param {number} many */
function workers(many) {
  return many === 1 ? 'one process' : `${many} processes`
}

/** @param {number} ms */
function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`
}

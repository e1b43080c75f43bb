/*
 * npm run bench [-- row …] [--quick] [--rounds N] [--write] [--out FOLDER] [--list]
 *
 *    rows/*.js ──► lib/interleave ──► programs/* (one per contestant) ──► adapters/* ──► the libraries
 *        └──► tables ──► lib/page ──► terminal, docs/benchmarks.md, docs/benchmarks/*.svg
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { killAll } from './lib/contestant.js'
import { describeMachine, findPython } from './lib/machine.js'
import { renderPage, renderText } from './lib/page.js'
import { ROWS } from './rows/index.js'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    write: { type: 'boolean', default: false },
    out: { type: 'string', default: fileURLToPath(new URL('../docs/', import.meta.url)) },
    list: { type: 'boolean', default: false },
  },
})

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    killAll()
    process.exit(130)
  })
}

const chosen = choose(positionals)
if (flags.list) for (const row of ROWS) console.log(`${row.id.padEnd(12)} ${row.title}`)
else await main()

async function main() {
  const python = findPython()
  const settings = {
    rounds: Number(flags.rounds ?? (flags.quick ? 3 : 7)),
    budget: flags.quick ? 150 : 600,
    quick: flags.quick,
  }
  const report = { machine: describeMachine(python), settings, rows: [] }
  for (const row of chosen) {
    const started = performance.now()
    const tables = await row.run({ ...settings, python, onTurn: showTurn(row.id) })
    const seconds = Math.round((performance.now() - started) / 1000)
    report.rows.push({ id: row.id, title: row.title, about: row.about, seconds, tables })
    clearTurn()
    for (const table of tables) console.log(renderText(table))
    console.error(`${row.id}: ${seconds} s\n`)
  }
  if (chosen.length > 1) console.error(`all: ${report.rows.reduce((sum, row) => sum + row.seconds, 0)} s`)
  const whole = chosen.length === ROWS.length && !flags.quick
  if (whole || flags.write) write(report)
}

function choose(words) {
  if (words.length === 0) return ROWS
  const unknown = words.filter(word => !ROWS.some(row => row.id.startsWith(word)))
  if (unknown.length > 0) {
    console.error(`no such row: ${unknown.join(', ')}. There are: ${ROWS.map(row => row.id).join(', ')}`)
    process.exit(2)
  }
  const isWhole = word => ROWS.some(row => row.id === word)
  return ROWS.filter(({ id }) => words.some(word => (isWhole(word) ? id === word : id.startsWith(word))))
}

function write(report) {
  rmSync(join(flags.out, 'benchmarks'), { recursive: true, force: true })
  for (const [path, text] of renderPage(report)) {
    mkdirSync(dirname(join(flags.out, path)), { recursive: true })
    writeFileSync(join(flags.out, path), text)
  }
  console.error(`written: ${join(flags.out, 'benchmarks.md')}`)
}

function showTurn(id) {
  if (!process.stderr.isTTY) return undefined
  return (label, round) =>
    process.stderr.write(`\r\x1b[K${id}: ${round < 0 ? 'warming up' : `round ${round + 1}`}: ${label}`)
}

function clearTurn() {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
}

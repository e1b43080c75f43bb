// @ts-check
/*
 * Runs the tests that carry numbers of the conformance matrix and shows where the matrix stands.
 *
 *    npm run conformance               prints the table; exit code 1 when a numbered test fails
 *    npm run conformance -- --write    writes docs/conformance.md as well
 *    npm run conformance -- pool       only test files whose path holds the word (never with --write)
 */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { conformanceLines, conformancePage, summary } from './lib/conformance-table.js'
import { writeOrCheck } from './lib/generated-page.js'
import { inParallel } from './lib/in-parallel.js'
import { runTestFile } from './lib/run-test-file.js'
import { findTestFiles, ROOT, sourceName } from './lib/test-files.js'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
})
// At the full numbers of the matrix: `npm test` has time for smaller ones.
process.env['MANYCORE_TESTS'] = 'thorough'
const SIGNS = { passes: '✔', fails: '✖', missing: '·', 'does not apply': '–' }

process.exitCode = await main()

async function main() {
  const matrix = JSON.parse(readFileSync(join(ROOT, 'test/conformance/matrix.json'), 'utf8'))
  const files = findTestFiles(positionals).filter(carriesNumbers)
  const run = (/** @type {string} */ file) => runTestFile(file, { node: process.execPath, deadline: 120_000 })
  const done = await inParallel(files, Math.min(availableParallelism(), 8), run)
  const broken = done.filter(file => file.problems.length > 0)
  const results = done.map(file => ({ source: sourceName(file.file), results: file.results }))
  const { lines, unknown } = conformanceLines(matrix, results)

  for (const { row, verdict, kinds, failed } of lines) {
    const how = row.kind === 'literal' ? '' : ` (${row.kind}: ${row.how})`
    console.log(
      `${SIGNS[verdict]} C${row.number} ${row.about}${how}${kinds.length > 0 ? ` [${kinds.join(', ')}]` : ''}`,
    )
    for (const test of failed) console.log(`    ${test}`)
  }
  for (const file of broken)
    console.log(`${SIGNS.fails} ${sourceName(file.file)}: ${file.problems.join('; ')}`)
  for (const test of unknown) console.log(`${SIGNS.fails} no such number: ${test}`)
  console.log(`\n${summary(lines)}`)
  if (options.write && positionals.length === 0) {
    writeOrCheck('docs/conformance.md', conformancePage(lines), { check: false, command: '' })
    console.log('docs/conformance.md written')
  }
  return broken.length + unknown.length + lines.filter(({ verdict }) => verdict === 'fails').length > 0
    ? 1
    : 0
}

/** Does the built file have a test with a number? Most have none and need not run. @param {string} file */
function carriesNumbers(file) {
  return /['"`]C\d+ /.test(readFileSync(file, 'utf8'))
}

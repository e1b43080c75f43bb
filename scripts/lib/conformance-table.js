// @ts-check
/*
 * Joins the matrix of conformance with the results of the tests that carry its numbers.
 * A test carries the numbers at the start of its name: `C9 C10 terminate and kill give …`.
 */

/** @typedef {import('./run-test-file.js').FileResult} FileResult */
/** @typedef {'passes' | 'fails' | 'missing' | 'does not apply'} Verdict */
/**
 * @typedef {object} MatrixRow
 * @property {number} number
 * @property {string} area
 * @property {string} about
 * @property {'literal' | 'adapted' | 'not-applicable'} kind
 * @property {string} [how]    how it was adapted, or why it does not apply
 */
/**
 * @typedef {object} Line
 * @property {MatrixRow} row
 * @property {Verdict} verdict
 * @property {readonly string[]} kinds   where its tests ran: `threads`, `processes`, or neither by name
 * @property {readonly string[]} files   the tests, by the names of their sources
 * @property {readonly string[]} failed  the tests that did not pass
 */

const NUMBERS = /^(?:C\d+ )*C\d+\b/
const KINDS = ['threads', 'processes']
/** What ends a sentence in the table must not end a cell. @param {string} text */
const cell = text => text.replaceAll('|', '\\|')

/** The numbers at the start of a test's name. @param {string} name */
export function numbersOf(name) {
  return (NUMBERS.exec(name)?.[0].match(/\d+/g) ?? []).map(Number)
}

/**
 * @param {readonly MatrixRow[]} matrix
 * @param {readonly { source: string, results: FileResult['results'] }[]} files
 * @returns {{ lines: Line[], unknown: string[] }}   `unknown`: tests whose number is not in the matrix
 */
export function conformanceLines(matrix, files) {
  /** @type {Map<number, { source: string, path: readonly string[], outcome: string }[]>} */
  const tests = new Map(matrix.map(row => [row.number, []]))
  /** @type {string[]} */
  const unknown = []
  for (const { source, results } of files) {
    for (const { path, outcome } of results) {
      for (const number of numbersOf(path.at(-1) ?? '')) {
        const known = tests.get(number)
        if (known) known.push({ source, path, outcome })
        else unknown.push(`C${number} in ${source}: ${path.join(' › ')}`)
      }
    }
  }
  return { lines: matrix.map(row => line(row, tests.get(row.number) ?? [])), unknown }
}

/**
 * @param {MatrixRow} row
 * @param {readonly { source: string, path: readonly string[], outcome: string }[]} tests
 * @returns {Line}
 */
function line(row, tests) {
  const ran = tests.filter(test => test.outcome !== 'skipped' && test.outcome !== 'todo')
  const failed = ran
    .filter(test => test.outcome !== 'pass')
    .map(test => `${test.source}: ${test.path.join(' › ')}`)
  return {
    row,
    verdict:
      failed.length > 0
        ? 'fails'
        : ran.length > 0
          ? 'passes'
          : row.kind === 'not-applicable'
            ? 'does not apply'
            : 'missing',
    kinds: KINDS.filter(kind => ran.some(test => test.path.includes(kind))),
    files: [...new Set(ran.map(test => test.source))],
    failed,
  }
}

/** @param {readonly Line[]} lines */
export function summary(lines) {
  const count = (/** @type {(line: Line) => boolean} */ is) => lines.filter(is).length
  return [
    `${lines.length} behaviours of Python's own tests`,
    `${count(({ verdict, row }) => verdict === 'passes' && row.kind === 'literal')} pass as they are`,
    `${count(({ verdict, row }) => verdict === 'passes' && row.kind !== 'literal')} pass adapted`,
    `${count(({ verdict }) => verdict === 'fails')} fail`,
    `${count(({ verdict }) => verdict === 'missing')} are not there yet`,
    `${count(({ verdict }) => verdict === 'does not apply')} do not apply to Node`,
  ].join(', ')
}

/** The page. @param {readonly Line[]} lines */
export function conformancePage(lines) {
  const areas = [...new Set(lines.map(({ row }) => row.area))]
  return `# Conformance

<!-- Made by \`npm run conformance -- --write\` from test/conformance/matrix.json and a run of the tests. -->

What manycore takes from Python it is held to by Python's own tests of \`multiprocessing\`, \`concurrent.futures\`,
\`threading\`, \`queue\` and \`subprocess\`: each behaviour that they pin down has a number here, and a test of ours that
carries the number shows it. "Adapted" means that Node does the same thing by other means, which are named.

${summary(lines)}.

${areas
  .map(area =>
    section(
      area,
      lines.filter(({ row }) => row.area === area),
    ),
  )
  .join('\n')}`
}

/**
 * @param {string} area
 * @param {readonly Line[]} lines
 */
function section(area, lines) {
  return `## ${area}

| | behaviour | state | on |
|---|---|---|---|
${lines.map(({ row, verdict, kinds }) => `| C${row.number} | ${cell(row.about)} | ${cell(state(row, verdict))} | ${kinds.join(', ')} |`).join('\n')}
`
}

/**
 * @param {MatrixRow} row
 * @param {Verdict} verdict
 */
function state({ kind, how }, verdict) {
  if (kind === 'literal') return verdict
  return kind === 'adapted' ? `${verdict}, adapted: ${how}` : `${verdict}: ${how}`
}

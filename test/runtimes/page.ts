import type { Limit } from './limits.ts'
import type { OtherRow } from './others.ts'
import type { Row } from './run-all.ts'

/* The page that `npm run test:runtimes` writes. */

/** `notRun`: why whole columns are empty. */
export function runtimesPage(
  rows: readonly Row[],
  others: readonly OtherRow[],
  nodes: readonly number[],
): string {
  const notes = new Notes()
  const head = [
    '| | ',
    nodes.map(major => `Node ${major}`).join(' | '),
    ' |\n|---|',
    '---|'.repeat(nodes.length),
  ]
  const table = rows.map(
    row => `| ${row.toolchain.title} | ${nodes.map(major => field(row, major, notes)).join(' | ')} |`,
  )
  return `# Where it runs

Every kind of function that may be captured, sent to a thread and to a process, through the tools by which people run
their programs. Each field says how many of the cases did what they should: \`npm run test:runtimes\` ran them and wrote
this page. The cases are in \`test/runtimes/fixtures/\`; how many there are depends on the kind of module. One of them,
a variable before its declaration, is left out on Node 20, whose inspector shows such a variable as \`undefined\`.

Jest, and Vitest with \`vmThreads\` or \`vmForks\`, give tests a realm of their own: what
[\`instanceof\` says there](guides/errors.md#in-jest-and-vitest-with-vmthreads-or-vmforks) of results is another matter.

${head.join('')}
${table.join('\n')}

${notes.text()}
## Bun and Deno

${othersTable(others)}`
}

/** The same in short, for a terminal. */
export function runtimesText(rows: readonly Row[], nodes: readonly number[]): string {
  const width = Math.max(...rows.map(({ toolchain }) => toolchain.id.length))
  const lines = rows.map(({ toolchain, cells }) => {
    const fields = nodes.map(major => {
      const cell = cells.get(major)
      const text = !cell || 'missing' in cell ? 'not run' : `${cell.passed}/${cell.total}`
      return (cell && 'problems' in cell && cell.problems.length > 0 ? `${text} !` : text).padEnd(11)
    })
    return `${toolchain.id.padEnd(width)}  ${fields.join(' ')}`
  })
  return [`${' '.repeat(width)}  ${nodes.map(major => `Node ${major}`.padEnd(11)).join(' ')}`, ...lines].join(
    '\n',
  )
}

function field({ cells }: Row, major: number, notes: Notes): string {
  const cell = cells.get(major)
  if (!cell) return ''
  if ('missing' in cell) return `not run ${notes.mark(`${cell.missing}.`)}`
  const marks = cell.limits.map(limit => notes.mark(limitText(limit)))
  if (cell.problems.length > 0) marks.push('**unexpected**')
  return [`${cell.passed}/${cell.total}`, ...marks].join(' ')
}

function limitText({ why, instead, cases }: Limit): string {
  return `${why} ${instead} (${cases.map(name => `“${name}”`).join(', ')})`
}

/** Footnotes, numbered as they come, the same text once. */
class Notes {
  readonly #texts: string[] = []

  mark(text: string): string {
    if (!this.#texts.includes(text)) this.#texts.push(text)
    return `<sup>${this.#texts.indexOf(text) + 1}</sup>`
  }

  text(): string {
    return this.#texts.map((text, i) => `${i + 1}. ${text}\n`).join('')
  }
}

function othersTable(others: readonly OtherRow[]): string {
  const marks = { works: 'works', refused: 'refused', fails: '**fails**' }
  const missing = others.filter(one => 'missing' in one)
  const ran = others.filter(one => 'lines' in one)
  const lines = ran.flatMap(({ title, lines: ofOne }) =>
    ofOne.map(
      ({ kind, what, outcome, says }) => `| ${title} | ${kind} | ${what} | ${marks[outcome]} | ${says} |`,
    ),
  )
  return [
    ...(ran.length > 0 ? ['| | worker | function | | |', '|---|---|---|---|---|', ...lines, ''] : []),
    ...missing.map(({ title, missing: why }) => `${title}: not run here, ${why}.\n`),
  ].join('\n')
}

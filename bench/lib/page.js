/*
 * The page docs/benchmarks.md and its pictures, and the same tables for a terminal. Every number comes out of
 * a run; the page is never edited by hand.
 */
import { cell, short } from './format.js'
import { pairedRatio, summary } from './stats.js'
import { drawTable } from './svg.js'

/**
 * @param {{ machine: object, settings: object, rows: { id, title, about, tables }[] }} report
 * @returns {Map<string, string>} the text of each file by its path below docs/
 */
export function renderPage(report) {
  const files = new Map()
  for (const { tables } of report.rows) {
    for (const table of tables) files.set(`benchmarks/${table.id}.svg`, drawTable(table))
  }
  files.set('benchmarks.md', [heading(report), targets(report), ...report.rows.map(section)].join('\n'))
  files.set('benchmarks/results.json', `${JSON.stringify(report, null, 1)}\n`)
  return files
}

function heading({ machine, settings }) {
  const peers = Object.entries(machine.peers).map(([name, version]) => `${name} ${version}`)
  return `# Benchmarks

<!-- Written by \`npm run bench\`. Do not edit: the next run writes it again. -->

manycore against other libraries and against Python's multiprocessing, side by side in one run.

| | |
|---|---|
| Date | ${machine.date} UTC |
| Machine | ${cell(machine.cpu)}, ${machine.cores} usable cores, ${machine.memoryGiB} GiB, ${cell(machine.system)} |
| Load before the run | ${machine.load.toFixed(2)} |
| Node | ${machine.node} |
| Python | ${machine.python ?? 'not found'} |
| manycore | ${machine.manycore}${machine.commit ? ` (${machine.commit})` : ''} |
| Peers | ${peers.join(', ')} |

How it is measured: each contestant runs in a program of its own, which waits idle while the others are
measured. It and its workers have the caller's environment without settings of the interpreters themselves
(\`NODE_EXTRA_CA_CERTS\`, \`NODE_OPTIONS\`, other \`NODE_…\`, \`UV_…\` and \`PYTHON…\`), which would slow the start of some
of them and not of others. A round asks all of them in turn, A B C …, then the next round begins: ${settings.rounds} rounds after
one to warm up, unless a row says otherwise. A measurement of throughput lasts ${settings.budget} ms. A figure is the
median of its rounds, with the lowest and the highest; a ratio is the median of the ratios of the single rounds,
manycore divided by the other. Cores of a shared machine are noisy: look at the spread before you read much
into a small difference.${settings.quick ? ' **This was a quick run: few rounds, small sizes.**' : ''}

To repeat it: \`npm run bench\`; one row: \`npm run bench -- noop\`. The raw figures are in
[results.json](benchmarks/results.json).
`
}

function targets({ rows }) {
  const lines = rows.flatMap(row =>
    row.tables.flatMap(table =>
      table.targets.map(
        target =>
          `| [${cell(table.title)}](#${anchor(row.title)}) | ${cell(target.text)} | ${cell(target.measured)} | ${verdict(target)} |`,
      ),
    ),
  )
  return `## Targets\n\n| Row | Target | Measured | Reached |\n|---|---|---:|---|\n${lines.join('\n')}\n`
}

function section({ title, about, tables }) {
  return `## ${title}\n\n${about.join('\n\n')}\n\n${tables.map(tableSection).join('\n')}`
}

function tableSection(table) {
  const lines = table.series.map(
    one =>
      `| ${one.ours ? `**${cell(one.label)}**` : cell(one.label)} | ${figures(one, table).map(cell).join(' | ')} |`,
  )
  const notes = table.notes.map(note => `${note}\n`)
  const held = table.targets.map(
    target => `- Target: ${target.text}: ${target.measured}, ${verdict(target)}\n`,
  )
  return `### ${table.title}

![${table.title}](benchmarks/${table.id}.svg)

| | ${table.unit} | lowest – highest | rounds | manycore ÷ this | |
|---|---:|---:|---:|---:|---|
${lines.join('\n')}

${[...notes, held.join('')].filter(Boolean).join('\n')}`
}

function figures(one, table) {
  if (one.samples.length === 0) return ['–', '', '', '', remark({ error: 'not measured', ...one })]
  const { median, low, high, rounds } = summary(one.samples)
  return [short(median), `${short(low)} – ${short(high)}`, rounds, againstOurs(one, table), remark(one)]
}

function remark({ error, detail, outOfTarget }) {
  return [error ?? detail, outOfTarget ? 'not part of the target' : undefined].filter(Boolean).join('; ')
}

/** The first series of ours is the one that the others are compared with. */
function againstOurs(one, { series }) {
  const ours = series.find(other => other.ours && other.samples.length > 0)
  if (one.ours || ours === undefined || one.samples.length === 0) return ''
  return `${short(pairedRatio(ours.samples, one.samples).median)}×`
}

function verdict({ reached }) {
  if (reached === null) return '–'
  return reached ? 'reached' : '**missed**'
}

const anchor = title =>
  title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')

/** A table as lines for a terminal. */
export function renderText(table) {
  const rows = [
    ['', table.unit, 'lowest – highest', 'manycore ÷ this', ''],
    ...table.series.map(one => {
      const [value, spread, , ratio, detail] = figures(one, table)
      return [one.label, value, spread, ratio, detail]
    }),
  ]
  const widths = rows[0].map((_, column) =>
    Math.min(60, Math.max(...rows.map(row => String(row[column]).length))),
  )
  const lines = rows.map(row =>
    row
      .map((text, column) => pad(String(text), widths[column], column))
      .join('  ')
      .trimEnd(),
  )
  const held = table.targets.map(
    target => `  target ${target.text}: ${target.measured}, ${verdict(target).replaceAll('*', '')}`,
  )
  return [
    table.title,
    ...lines.map(line => `  ${line}`),
    ...table.notes.map(note => `  ${note}`),
    ...held,
    '',
  ].join('\n')
}

const pad = (text, width, column) =>
  column === 0 || column === 4 ? text.padEnd(width) : text.padStart(width)

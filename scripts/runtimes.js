// @ts-check
/*
 * Sends functions of every kind to workers through each tool by which people run programs, on each Node.
 *
 *    npm run test:runtimes                            all; writes docs/runtimes.md
 *    npm run test:runtimes -- --only tsx --node 24    toolchains whose id begins so, on some Nodes; on the terminal only
 *    npm run test:runtimes -- --list                  the ids
 *    npm run test:runtimes -- --keep                  leaves the projects that it made in place
 *
 * Exit code 1 when something fails that is not a known limit (test/runtimes/limits.ts), or a known limit is gone.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { installOwnPackages } from './lib/own-packages.js'
import { ROOT } from './lib/test-files.js'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    node: { type: 'string', multiple: true, default: [] },
    list: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})
const HOMES = ['test/runtimes', 'test/runtimes/vitest-5'].map(path => join(ROOT, path))

// Ends what runs as well.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
process.exitCode = await main()

async function main() {
  if (!HOMES.every(installOwnPackages)) return 1
  // They look for the tools when they are loaded.
  const { TOOLCHAINS } = await import('../dist/test/runtimes/toolchains.js')
  if (options.list) {
    for (const { id, title } of TOOLCHAINS) console.log(`${id.padEnd(18)} ${title}`)
    return 0
  }
  const { NODES, runAll } = await import('../dist/test/runtimes/run-all.js')
  const { OTHERS, runOthers } = await import('../dist/test/runtimes/others.js')
  const { runtimesPage, runtimesText } = await import('../dist/test/runtimes/page.js')
  const only = list(options.only)
  const asked = list(options.node).map(Number)
  const nodes = NODES.filter(major => asked.length === 0 || asked.includes(major))
  const isKnown = (/** @type {string} */ word) =>
    [...TOOLCHAINS.map(({ id }) => id), ...OTHERS].some(id => id.startsWith(word))
  const unknown = only.filter(word => !isKnown(word))
  if (unknown.length > 0 || nodes.length === 0) {
    console.error(`nothing to run for ${[...unknown, ...asked].join(', ')}; --list shows what there is`)
    return 1
  }
  const rows = await runAll({ only, nodes, keep: options.keep })
  const others = asked.length === 0 ? await runOthers(only) : []
  if (rows.length > 0) console.log(`\n${runtimesText(rows, nodes)}`)
  if (only.length === 0 && asked.length === 0) {
    writeFileSync(join(ROOT, 'docs/runtimes.md'), runtimesPage(rows, others, nodes))
    console.log('\ndocs/runtimes.md written')
  }
  const problems =
    rows.flatMap(({ cells }) =>
      [...cells.values()].flatMap(cell => ('problems' in cell ? cell.problems : [])),
    ).length + others.flatMap(one => ('problems' in one ? one.problems : [])).length
  if (problems > 0) console.error(`\n${problems} unexpected: each is shown above where it happened`)
  return problems > 0 ? 1 : 0
}

/** `--only a,b --only c`. @param {string[]} values */
function list(values) {
  return values.flatMap(value => value.split(',')).filter(word => word !== '')
}

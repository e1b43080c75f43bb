import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Contestant } from '../lib/contestant.js'
import { short } from '../lib/format.js'
import { interleave } from '../lib/interleave.js'
import { nodeSpec } from '../lib/specs.js'
import { ratioTarget, seriesOf, table, valueTarget } from '../lib/table.js'

/** The list in the example of Python's documentation of concurrent.futures. */
const PRIMES = [
  112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099, 1099726899285419,
]

const ALONE = 'one process alone'
const BARE = 'bare: two processes at once'
const OURS = ['manycore ThreadPool', 'manycore Pool']

export const cpu = {
  id: 'cpu',
  title: 'CPU-bound work on 2 workers',
  about: [
    'Time of one process alone, halved, divided by the time on two workers: 1 is the ideal. Two cores of a ' +
      'shared machine do not always give twice the speed, so two independent processes with half of the list ' +
      'each, started at once and without any library, are measured in the same rounds: that is what there is to ' +
      'reach. manycore: `pool.map(isPrime, numbers)` and `pool.map(sha256File, paths)` with automatic chunks.',
  ],
  async run({ rounds, quick, onTurn }) {
    const tables = []
    for (const { id, title, task, items, ms } of workloads()) {
      const repeated = await repeatFor(quick ? ms / 4 : ms, task, items)
      const results = await interleave(specsOf({ measure: 'cpu', task, items: repeated }), {
        rounds: Math.min(rounds, 5),
        onTurn,
      })
      tables.push(fractions(id, title, results, repeated.length))
    }
    return tables
  },
}

/** `ms`: what one process alone is to need; the primes take a tenth of a second each, so a longer list ends evenly. */
function workloads() {
  return [
    { id: 'cpu-primes', title: 'is_prime over PRIMES', task: 'isPrime', items: PRIMES, ms: 4000 },
    { id: 'cpu-sha256', title: 'SHA-256 of files', task: 'sha256File', items: someFiles(), ms: 2500 },
  ]
}

function specsOf(question) {
  return [
    nodeSpec(ALONE, 'cpu.js', [1], question),
    nodeSpec(BARE, 'cpu.js', [2], question),
    nodeSpec(OURS[0], 'manycore.js', ['thread', 2], question),
    nodeSpec(OURS[1], 'manycore.js', ['process', 2], question),
  ]
}

/** Every file of the project's dependencies, in the order of their names: real sizes, the same every time. */
function someFiles() {
  const folder = fileURLToPath(new URL('../../node_modules/', import.meta.url))
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => `${entry.parentPath ?? entry.path}/${entry.name}`)
    .filter(path => statSync(path).size > 0)
    .toSorted()
    .filter((_, index) => index % 4 === 0)
}

/** The list an even number of times over, as often as one process needs `ms` milliseconds for. */
async function repeatFor(ms, task, items) {
  const contestant = new Contestant(nodeSpec(ALONE, 'cpu.js', [1]))
  await contestant.ask({ measure: 'cpu', task, items })
  const answer = await contestant.ask({ measure: 'cpu', task, items })
  await contestant.stop()
  if (answer.error !== undefined) throw new Error(answer.error)
  const times = 2 * Math.max(1, Math.round(ms / answer.ms / 2))
  return Array.from({ length: times }, () => items).flat()
}

function fractions(id, title, results, count) {
  const alone = results.get(ALONE).answers.map(answer => answer.ms)
  const series = [...OURS, BARE].map(label => {
    const one = seriesOf(results, label, { pick: answer => answer.ms })
    one.detail = `${short(one.samples[0])} ms in the first round`
    one.samples = one.samples.map((ms, round) => alone[round] / 2 / ms)
    return one
  })
  const result = table({
    id,
    title: `${title}: fraction of the ideal on 2 workers`,
    unit: 'of the ideal',
    series,
  })
  result.notes.push(`${short(count)} items, ${short(alone[0])} ms in one process alone in the first round.`)
  for (const label of OURS) {
    valueTarget(result, label, { atLeast: 0.95 })
    ratioTarget(result, label, BARE, { atLeast: 0.95 })
  }
  return result
}

import { interleave } from '../lib/interleave.js'
import { nodeSpec } from '../lib/specs.js'
import { ratioTarget, seriesOf, table, valueTarget } from '../lib/table.js'
import { median } from '../lib/stats.js'

const KINDS = ['thread', 'process']
const NAMES = { thread: 'threads', process: 'processes' }
const AUTO = "manycore 'auto'"

/** Numbers that somebody might set by hand. */
const BY_HAND = [1, 16, 128, 512].map(concurrency => ({ processes: 2, concurrency }))
const WORK = [
  { id: 'cpu', title: 'tasks that compute', task: 'isPrime', argument: 10_000_000_019, depth: 64 },
  { id: 'io', title: 'tasks that wait 20 ms', task: 'whereAfter', argument: 20, depth: 2000 },
]

export const auto = {
  id: 'auto',
  title: 'Numbers found out and numbers set by hand',
  about: [
    "`{ processes: 'auto', concurrency: 'auto' }` beside two workers with so many tasks at once, for tasks that compute " +
      'and tasks that wait, always with more of them under way than fit its workers. `auto` has some seconds to find its ' +
      'pace before the first measurement.',
  ],
  async run({ rounds, budget, quick, onTurn }) {
    const tables = []
    for (const kind of KINDS) {
      for (const work of WORK) tables.push(await autoTable(kind, work, { rounds, budget, quick, onTurn }))
    }
    return tables
  },
}

async function autoTable(kind, { id, title, ...work }, { rounds, budget, quick, onTurn }) {
  const question = { measure: 'steady', ...work, budget }
  const labels = BY_HAND.map(({ concurrency }) => `manycore 2 × ${concurrency}`)
  const specOf = (label, options, more) =>
    nodeSpec(label, 'numbers.js', [kind, JSON.stringify(options)], { ...question, ...more })
  const specs = [
    specOf(AUTO, { processes: 'auto', concurrency: 'auto' }, { warm: quick ? 2000 : 5000, pause: 500 }),
    ...BY_HAND.map((options, at) =>
      specOf(labels[at], options, { warm: 500, pause: 100, depth: depthFor(options, work.depth) }),
    ),
  ]
  const results = await interleave(specs, {
    rounds: Math.min(rounds, 3),
    deadline: budget * 4 + 30_000,
    onTurn,
  })
  const detail = answers => {
    const { chosen } = answers.at(-1)
    return chosen ? `${chosen.workers} × ${chosen.concurrency}` : ''
  }
  const series = [AUTO, ...labels].map(label => seriesOf(results, label, { detail }))
  const result = table({
    id: `auto-${id}-${kind}`,
    title: `On ${NAMES[kind]}: ${title}`,
    unit: 'tasks/s',
    series,
  })
  const byHand = series.slice(1).filter(({ samples }) => samples.length > 0)
  const best = byHand.toSorted((a, b) => median(b.samples) - median(a.samples))[0]
  if (best) ratioTarget(result, AUTO, best.label, { atLeast: 0.9 })
  return result
}

/**
 * As many as keep the workers busy, and no more: what is under way at the end of a measurement has to be worked off,
 * and two workers with one task at a time would take far longer for that than for the measurement.
 */
function depthFor({ processes, concurrency }, most) {
  return Math.min(most, 8 * processes * concurrency)
}

const SPARE = 'manycore with a spare'
const NONE = 'manycore without'

export const spares = {
  id: 'spares',
  title: 'Crash recovery with a worker that stands by',
  about: [
    'As the row before, with and without `spares: 1`, in a pool of one worker: from the crash to the result of the next ' +
      'task. The spare has had its time to start.',
  ],
  async run({ rounds, onTurn }) {
    const tables = []
    for (const kind of KINDS) {
      const specOf = (label, options) =>
        nodeSpec(label, 'numbers.js', [kind, JSON.stringify(options)], { measure: 'recovery' })
      const specs = [specOf(SPARE, { processes: 1, spares: 1 }), specOf(NONE, { processes: 1 })]
      const results = await interleave(specs, { rounds, deadline: 10_000, onTurn })
      const series = [SPARE, NONE].map(label => seriesOf(results, label))
      const title = `From the crash of the only worker to the next result, ${NAMES[kind]}`
      const result = table({ id: `spares-${kind}`, title, unit: 'ms', better: 'lower', series })
      valueTarget(result, SPARE, { atMost: 5 })
      tables.push(result)
    }
    return tables
  },
}

import { LIBRARIES } from '../adapters/index.js'
import { short } from '../lib/format.js'
import { interleave } from '../lib/interleave.js'
import { librarySpecs, PYTHON, pythonSpecs } from '../lib/specs.js'
import { ratioTarget, seriesOf, table } from '../lib/table.js'

/** Tasks of one wave: the same for everyone. */
const WAVE = 10_000

export const noop = {
  id: 'noop',
  title: 'No-op tasks, one promise each',
  about: [
    'The cost of a task that does nothing: all tasks of a wave are submitted at once, each with its own promise, ' +
      `and awaited together: waves of ${short(WAVE)} tasks for every contestant, one wave after the other until the ` +
      'time of a measurement is used up. Pools of two workers, warmed ' +
      'up. Python: `Pool.map(noop, range(n), chunksize=1)`.',
  ],
  async run({ rounds, budget, python, onTurn }) {
    const question = { measure: 'throughput', budget, wave: WAVE }
    const specs = [
      ...librarySpecs('thread', { question }),
      ...librarySpecs('process', { question }),
      ...pythonSpecs(python, question),
    ]
    const results = await interleave(specs, { rounds, deadline: budget * 10 + 20_000, onTurn })
    return [threads(results), processes(results)]
  },
}

function tableOf(kind, title, results) {
  const labels = [...LIBRARIES[kind].map(({ label }) => label), PYTHON]
  const series = labels.map(label => seriesOf(results, label))
  return table({ id: `noop-${kind}`, title, unit: 'tasks/s', series })
}

function threads(results) {
  const result = tableOf('thread', 'No-op tasks on 2 threads', results)
  ratioTarget(result, 'manycore ThreadPool', 'Piscina', { atLeast: 20 })
  ratioTarget(result, 'manycore ThreadPool', PYTHON, { atLeast: 20 })
  return result
}

function processes(results) {
  const result = tableOf('process', 'No-op tasks on 2 processes', results)
  ratioTarget(result, 'manycore Pool', 'tinypool (child_process)', { atLeast: 15 })
  ratioTarget(result, 'manycore Pool', PYTHON, { atLeast: 15 })
  return result
}

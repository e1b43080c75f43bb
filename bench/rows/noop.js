import { LIBRARIES } from '../adapters/index.js'
import { short } from '../lib/format.js'
import { interleave } from '../lib/interleave.js'
import { librarySpecs, PYTHON, pythonSpecs } from '../lib/specs.js'
import { ratioTarget, seriesOf, table } from '../lib/table.js'

/** Tasks of one wave at most: the size that the public cross-library suite submits at once. */
const MOST = 100_000

export const noop = {
  id: 'noop',
  title: 'No-op tasks, one promise each',
  about: [
    'The cost of a task that does nothing: all tasks of a wave are submitted at once, each with its own promise, ' +
      'and awaited together; waves follow one another until the time of a measurement is used up. The size of a ' +
      `wave is scaled for each contestant to its speed, up to ${short(MOST)} tasks. Pools of two workers, warmed ` +
      'up. Python: `Pool.map(noop, range(n), chunksize=1)`.',
  ],
  async run({ rounds, budget, python, onTurn }) {
    const question = { measure: 'throughput', budget, most: MOST }
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
  const detail = answers => `waves of ${short(answers.at(-1).waveSize)}`
  const series = labels.map(label => seriesOf(results, label, { detail }))
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

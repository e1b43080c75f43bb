import { interleave } from '../lib/interleave.js'
import { nodeSpec, pythonExecutorSpecs, PYTHON_EXECUTOR } from '../lib/specs.js'
import { ratioTarget, seriesOf, table } from '../lib/table.js'

const ITEMS = 10_000
const ALONE = 'manycore ProcessPoolExecutor, chunksize 1'
const MEASURED = 'manycore ProcessPoolExecutor, chunks as it chooses'

export const executor = {
  id: 'executor',
  title: "An executor's `map`, item by item",
  about: [
    `\`map\` of a function that does nothing over ${ITEMS.toLocaleString('en')} numbers, each a task of its own: ` +
      '`executor.map(noop, numbers, { chunksize: 1 }).toArray()` and `list(executor.map(noop, numbers))`, whose ' +
      'chunk size is 1 by default. Ours without a chunk size is shown beside it. Two processes, warmed up.',
  ],
  async run({ rounds, budget, python, onTurn }) {
    const question = { measure: 'map', budget, items: ITEMS }
    const specs = [
      nodeSpec(ALONE, 'executor.js', [2], { ...question, chunksize: 1 }),
      nodeSpec(MEASURED, 'executor.js', [2], question),
      ...pythonExecutorSpecs(python, question),
    ]
    const results = await interleave(specs, { rounds, deadline: budget * 10 + 20_000, onTurn })
    const result = table({
      id: 'executor',
      title: "An executor's map on 2 processes",
      unit: 'items/s',
      series: [ALONE, MEASURED, PYTHON_EXECUTOR].map(label => seriesOf(results, label)),
    })
    ratioTarget(result, ALONE, PYTHON_EXECUTOR, { atLeast: 20 })
    return [result]
  },
}

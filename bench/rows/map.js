import { interleave } from '../lib/interleave.js'
import { nodeSpec, PYTHON, pythonSpecs } from '../lib/specs.js'
import { ratioTarget, seriesOf, table } from '../lib/table.js'

const ITEMS = 200_000

export const map = {
  id: 'map',
  title: '`map` over 200,000 numbers',
  about: [
    'One `map` of a function that doubles a number, with the chunks that each library chooses itself: ' +
      '`await pool.map(double, numbers)` and `pool.map(double, numbers)`. Pools of two workers, warmed up. The ' +
      'other libraries have no `map`.',
  ],
  async run({ rounds, budget, python, onTurn }) {
    const question = { measure: 'map', budget, items: ITEMS }
    const labels = ['manycore ThreadPool', 'manycore Pool']
    const specs = [
      nodeSpec(labels[0], 'manycore.js', ['thread', 2], question),
      nodeSpec(labels[1], 'manycore.js', ['process', 2], question),
      ...pythonSpecs(python, question),
    ]
    const results = await interleave(specs, { rounds, deadline: budget * 10 + 20_000, onTurn })
    const series = [...labels, PYTHON].map(label => seriesOf(results, label))
    const result = table({
      id: 'map',
      title: 'map over 200,000 numbers on 2 workers',
      unit: 'items/s',
      series,
    })
    for (const label of labels) ratioTarget(result, label, PYTHON, { atLeast: 1.5 })
    return [result]
  },
}

import { LIBRARIES } from '../adapters/index.js'
import { interleave } from '../lib/interleave.js'
import { librarySpecs, PYTHON, pythonSpecs } from '../lib/specs.js'
import { seriesOf, table } from '../lib/table.js'

const KINDS = ['thread', 'process']
const SIZES = [
  { id: '1k', name: '1 KiB', bytes: 2 ** 10 },
  { id: '1m', name: '1 MiB', bytes: 2 ** 20 },
  { id: '64m', name: '64 MiB', bytes: 2 ** 26 },
]

export const transfer = {
  id: 'transfer',
  title: 'Arguments and results',
  about: [
    'A `Uint8Array` (Python: `bytes`) goes to a task and comes back as its result, one task after the other in a ' +
      'warm pool of two: median time there and back. Copied, not transferred. Libraries whose default is JSON ' +
      "are asked for `serialization: 'advanced'`.",
  ],
  async run({ rounds, budget, quick, python, onTurn }) {
    const tables = []
    for (const size of quick ? SIZES.slice(0, 2) : SIZES) {
      const question = { measure: 'transfer', bytes: size.bytes, budget: budget / 2 }
      const specs = [
        ...KINDS.flatMap(kind => librarySpecs(kind, { task: 'echo', binary: true, question })),
        ...pythonSpecs(python, question),
      ]
      const results = await interleave(specs, { rounds: Math.min(rounds, 5), deadline: 20_000, onTurn })
      for (const kind of KINDS) tables.push(tableOf(kind, size, results))
    }
    return tables
  },
}

function tableOf(kind, size, results) {
  const series = [...LIBRARIES[kind].map(({ label }) => label), PYTHON].map(label => seriesOf(results, label))
  const title = `${size.name} there and back, ${kind}`
  return table({ id: `transfer-${size.id}-${kind}`, title, unit: 'ms', better: 'lower', series })
}

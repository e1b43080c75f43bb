import { short } from '../lib/format.js'
import { interleave } from '../lib/interleave.js'
import { librarySpecs, nodeSpec } from '../lib/specs.js'
import { aheadTarget, seriesOf, table } from '../lib/table.js'

const WAVE = 2000
const KINDS = {
  thread: { ours: 'manycore ThreadPool', theirs: 'workerpool (thread)', names: 'threads' },
  process: { ours: 'manycore Pool', theirs: 'workerpool (process)', names: 'processes' },
}
const capturing = ours => `${ours}, capturing a variable`

export const written = {
  id: 'written',
  title: 'Functions written in the call',
  about: [
    `\`pool.apply(n => n, [x])\`, as one writes it: a new function with each call, in waves of ${short(WAVE)}. The other ` +
      'libraries take the name of a function in a file, but for workerpool, which sends the text with each call. With ' +
      'a variable, `pool.apply(() => x)`, nobody else can run it: the function does not find its variable there.',
  ],
  async run({ rounds, budget, onTurn }) {
    const question = { measure: 'throughput', budget, wave: WAVE }
    const specs = Object.entries(KINDS).flatMap(([kind, { ours }]) => [
      ...librarySpecs(kind, { task: 'written', question, only: ['manycore', 'workerpool'] }),
      nodeSpec(capturing(ours), 'pool.js', ['manycore', kind, 2, 'capturing', 'plain'], question),
    ])
    const results = await interleave(specs, { rounds, deadline: budget * 10 + 20_000, onTurn })
    return Object.entries(KINDS).map(([kind, kindNames]) => tableOf(kind, kindNames, results))
  },
}

function tableOf(kind, { ours, theirs, names }, results) {
  const series = [seriesOf(results, ours), seriesOf(results, theirs), seriesOf(results, capturing(ours))]
  const title = `Functions written in the call, on 2 ${names}`
  const result = table({ id: `written-${kind}`, title, unit: 'tasks/s', series })
  aheadTarget(result, ours)
  return result
}

import { interleave } from '../lib/interleave.js'
import { nodeSpec } from '../lib/specs.js'
import { seriesOf, table } from '../lib/table.js'

const KINDS = { thread: 'manycore ThreadPool', process: 'manycore Pool' }

export const many = {
  id: 'many',
  title: 'Hundreds of workers',
  about: [
    'A pool far larger than the machine, from its first task until every worker has done one: tasks that wait ' +
      '20 ms each, one per chunk. Memory of the whole tree of processes, shared pages counted once.',
  ],
  async run({ quick, onTurn }) {
    const count = quick ? 50 : 200
    const question = { measure: 'everyWorker', patience: 60_000 }
    const specs = Object.entries(KINDS).map(([kind, label]) =>
      nodeSpec(label, 'manycore.js', [kind, count], question),
    )
    const results = await interleave(specs, { rounds: 1, fresh: true, deadline: 120_000, onTurn })
    return [timeTable(count, results), memoryTable(count, results)]
  },
}

function timeTable(count, results) {
  const detail = ([answer]) => `${answer.took} of ${count} workers took part`
  const series = Object.values(KINDS).map(label =>
    seriesOf(results, label, { pick: answer => answer.ms / 1000, detail }),
  )
  const result = table({
    id: 'many-time',
    title: `${count} workers: time until all have worked`,
    unit: 's',
    better: 'lower',
    series,
  })
  for (const { label, detail: measured, error } of series) {
    const took = results.get(label).answers[0]?.took
    result.targets.push({
      text: `${label}: ${count} workers work`,
      measured: error ?? measured,
      reached: took === count,
    })
  }
  return result
}

function memoryTable(count, results) {
  const perWorker = answer => answer.memory / count / 2 ** 20
  const series = Object.values(KINDS).map(label => seriesOf(results, label, { pick: perWorker }))
  const title = `${count} workers: memory per worker`
  return table({ id: 'many-memory', title, unit: 'MiB', better: 'lower', series })
}

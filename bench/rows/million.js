import { short } from '../lib/format.js'
import { interleave } from '../lib/interleave.js'
import { librarySpecs, nodeSpec } from '../lib/specs.js'
import { seriesOf, table, valueTarget } from '../lib/table.js'

const KINDS = { thread: 'manycore ThreadPool', process: 'manycore Pool' }
const PEER_TASKS = 100_000

export const million = {
  id: 'million',
  title: 'A million queued tasks',
  about: [
    'Tasks are submitted one by one with `pool.apply(noop, [i])`, each with its own promise, without a pause. ' +
      'Memory: heap and external bytes after a full collection, before and after the submission, promises ' +
      `included, for each task; the other libraries with ${short(PEER_TASKS)} tasks, and only those that keep ` +
      'waiting tasks in their own queue. Stall: the longest time between two turns of a 1 ms timer from the end ' +
      'of the submission until the last result has come.',
  ],
  async run({ quick, rounds, onTurn }) {
    const count = quick ? 200_000 : 1_000_000
    const few = quick ? 1 : Math.min(rounds, 3)
    // Memory is the same each time.
    return [await memory(count, 1, onTurn), await stall(count, few, onTurn)]
  },
}

const ours = question =>
  Object.entries(KINDS).map(([kind, label]) => nodeSpec(label, 'manycore.js', [kind, 2], question))

async function memory(count, rounds, onTurn) {
  const specs = [
    ...ours({ measure: 'pending', count }),
    ...['thread', 'process'].flatMap(kind =>
      librarySpecs(kind, {
        question: { measure: 'pending', count: Math.min(count, PEER_TASKS) },
        except: ['manycore', 'poolifier'],
      }),
    ),
  ]
  const results = await interleave(specs, { rounds, fresh: true, onTurn })
  const series = specs.map(({ label }) => seriesOf(results, label))
  const title = `Memory per pending task, ${short(count)} tasks`
  const result = table({ id: 'million-memory', title, unit: 'bytes', better: 'lower', series })
  for (const label of Object.values(KINDS)) valueTarget(result, label, { atMost: 1024 })
  return result
}

async function stall(count, rounds, onTurn) {
  const specs = ours({ measure: 'stall', count })
  const results = await interleave(specs, { rounds, fresh: true, onTurn })
  const detail = answers => {
    const { ms, cpu } = answers.at(-1)
    return `last round: at most ${short(cpu)} ms of CPU at a stretch, all done after ${short(ms)} ms`
  }
  const series = specs.map(({ label }) => seriesOf(results, label, { detail }))
  const title = `Longest stall of the event loop while ${short(count)} tasks are worked off`
  const result = table({ id: 'million-stall', title, unit: 'ms', better: 'lower', series })
  for (const label of Object.values(KINDS)) valueTarget(result, label, { atMost: 50 })
  return result
}

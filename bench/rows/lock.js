import { interleave } from '../lib/interleave.js'
import { nodeSpec, pythonProgram } from '../lib/specs.js'
import { ratioTarget, seriesOf, table, valueTarget } from '../lib/table.js'

const OURS = 'manycore Lock'
const PYTHON = 'Python multiprocessing.Lock'

export const lock = {
  id: 'lock',
  title: 'A lock between processes',
  about: [
    'Taking and releasing a lock with nothing in between: by one process alone (`tryAcquire()` and `acquire()`), and ' +
      'by two and four processes at once (`acquireSync()` and `acquire()`), all turns together. Then what Python has ' +
      'no figure for: the longest wait of an `await lock.acquire()` while another process takes the lock for 50 µs ' +
      'again and again without a pause, and the time from the SIGKILL of the holder until the next one has it.',
  ],
  async run({ rounds, budget, quick, python, onTurn }) {
    const ask = (question, options) =>
      interleave(
        [
          nodeSpec(OURS, 'locks.js', [], question),
          ...(question.alone ? [] : pythonProgram(python, PYTHON, 'python_locks.py', question)),
        ],
        { rounds, onTurn, ...options },
      )
    const tables = [await turns('lock-alone', 'one process alone', { measure: 'uncontended', budget }, ask)]
    for (const processes of [2, 4]) {
      const question = { measure: 'contended', budget, processes }
      tables.push(await turns(`lock-${processes}`, `${processes} processes at once`, question, ask))
    }
    const hammer = { measure: 'hammer', alone: true, budget: quick ? 500 : 3000 }
    const title = 'Longest wait of an event loop for a lock that another process hammers'
    tables.push(await limit('lock-hammer', title, 20, await ask(hammer)))
    const killed = { measure: 'recovery', alone: true }
    const next = 'From the SIGKILL of the holder of a lock to the next one'
    tables.push(await limit('lock-recovery', next, 100, await ask(killed)))
    return tables
  },
}

async function turns(id, who, question, ask) {
  const results = await ask(question)
  const series = [OURS, PYTHON].map(label => seriesOf(results, label))
  const result = table({ id, title: `Turns of a lock, ${who}`, unit: 'million/s', series })
  ratioTarget(result, OURS, PYTHON, { atLeast: 4 })
  return result
}

function limit(id, title, atMost, results) {
  const series = [seriesOf(results, OURS)]
  const result = table({ id, title, unit: 'ms', better: 'lower', series })
  valueTarget(result, OURS, { atMost })
  return result
}

import { interleave } from '../lib/interleave.js'
import { nodeSpec, pythonProgram } from '../lib/specs.js'
import { ratioTarget, seriesOf, table } from '../lib/table.js'

const WARM = 'manycore Process, warm'
const WARM_MODULE = "manycore Process, warm, a module's function"
const COLD = 'manycore Process, cold'
const COLD_MODULE = "manycore Process, cold, a module's function"
const BARE = 'bare: node'
const FORK = 'Python Process, fork'
const SPAWN = 'Python Process, spawn'
const THREADS = { warm: 'manycore Thread, warm', spawn: 'manycore Thread, cold', bare: 'bare: new Worker' }

/** Of one start each: they vary, and take no time. */
const ROUNDS = 30
/** Until the next spare has started and is idle. */
const PAUSE = 500

export const start = {
  id: 'start',
  title: 'Start of a process or thread',
  about: [
    'A `Process` and a `Thread`, Python: `multiprocessing.Process`. From just before `start()` to the first line of ' +
      'the function run in it, by the clock that all processes of the machine share: what brings the answer back is ' +
      "not in it. The function is one of the program's own or, where the line says so, an export of a module, which " +
      "is loaded before it runs. Warm: the start method `'warm'`, when the spare one is there; cold: `'spawn'`. " +
      'Bare: `child_process.spawn` and `new Worker` of a module that does as much. Each program makes one start ' +
      'before, not counted, which has what is needed only once in a program.',
  ],
  async run({ quick, python, onTurn }) {
    const specOf = (label, kind, how, ...own) =>
      nodeSpec(label, 'start.js', [kind, how, ...own], {
        measure: 'start',
        pause: how === 'warm' ? PAUSE : 0,
      })
    const pythonOf = (label, method) =>
      pythonProgram(python, label, 'python_start.py', { measure: 'start' }, [method])
    const specs = [
      specOf(WARM, 'process', 'warm', 'own'),
      specOf(WARM_MODULE, 'process', 'warm'),
      specOf(COLD, 'process', 'spawn', 'own'),
      specOf(COLD_MODULE, 'process', 'spawn'),
      specOf(BARE, 'process', 'bare'),
      ...pythonOf(FORK, 'fork'),
      ...pythonOf(SPAWN, 'spawn'),
      ...Object.entries(THREADS).map(([how, label]) =>
        specOf(label, 'thread', how, ...(how === 'bare' ? [] : ['own'])),
      ),
    ]
    const results = await interleave(specs, { rounds: quick ? 5 : ROUNDS, deadline: 10_000, onTurn })
    return [processes(results), threads(results)]
  },
}

function tableOf(id, title, labels, results) {
  const series = labels.map(label => seriesOf(results, label))
  return table({ id, title, unit: 'ms', better: 'lower', series })
}

function processes(results) {
  const title = 'From start() of a Process to its first line'
  const result = tableOf(
    'start-process',
    title,
    [WARM, WARM_MODULE, COLD, COLD_MODULE, BARE, FORK, SPAWN],
    results,
  )
  ratioTarget(result, WARM, FORK, { atMost: 0.25 })
  for (const label of [COLD, COLD_MODULE]) ratioTarget(result, label, BARE, { atMost: 1.15 })
  return result
}

function threads(results) {
  return tableOf(
    'start-thread',
    'From start() of a Thread to its first line',
    Object.values(THREADS),
    results,
  )
}

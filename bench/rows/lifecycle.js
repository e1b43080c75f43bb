import { LIBRARIES } from '../adapters/index.js'
import { interleave } from '../lib/interleave.js'
import { librarySpecs, PYTHON, pythonSpecs } from '../lib/specs.js'
import { seriesOf, table } from '../lib/table.js'

const KINDS = ['thread', 'process']
const NAMES = { thread: 'threads', process: 'processes' }

/** The same fresh-program measurement for every library and Python, one table for each kind. */
function lifecycleRow({ id, title, about, question, deadline, tableTitle }) {
  return {
    id,
    title,
    about,
    async run({ rounds, quick, python, onTurn }) {
      const specs = [
        ...KINDS.flatMap(kind => librarySpecs(kind, { question })),
        ...pythonSpecs(python, question),
      ]
      const results = await interleave(specs, {
        rounds,
        fresh: true,
        deadline: quick ? deadline / 2 : deadline,
        onTurn,
      })
      return KINDS.map(kind => {
        const labels = [...LIBRARIES[kind].map(({ label }) => label), PYTHON]
        const series = labels.map(label => seriesOf(results, label))
        return table({
          id: `${id}-${kind}`,
          title: tableTitle(NAMES[kind]),
          unit: 'ms',
          better: 'lower',
          series,
        })
      })
    },
  }
}

export const firstcall = lifecycleRow({
  id: 'firstcall',
  title: 'First call',
  about: [
    'From making a pool of two workers to the first result, in a program that has just started and has loaded ' +
      'the library. Python forks, which copies a running interpreter instead of starting one.',
  ],
  question: { measure: 'firstCall' },
  deadline: 10_000,
  tableTitle: names => `From a new pool to its first result, ${names}`,
})

export const recovery = lifecycleRow({
  id: 'recovery',
  title: 'Crash recovery',
  about: [
    'A task ends its own worker (a thread by `process.exit`, a process by SIGKILL) in a warm pool of one; the ' +
      'next task is submitted as soon as the promise of the first has settled. Time from the first to the result ' +
      'of the next. "No answer" means that one of the two never settled within the time given.',
  ],
  question: { measure: 'recovery' },
  deadline: 5000,
  tableTitle: names => `From the crash of the only worker to the next result, ${names}`,
})

import { fieldRow } from '../lib/field-row.js'
import { ratioTarget } from '../lib/table.js'

/** Node can't fork: that line is shown, and left out of the target. */
const PYTHON_METHODS = [{ method: 'spawn' }, { method: 'fork', outOfTarget: true }]

export const firstcall = fieldRow({
  id: 'firstcall',
  title: 'First call',
  about: [
    'From making a pool of two workers to the first result, in a program that has just started and has loaded ' +
      'the library.',
    'Python with `spawn`, which starts its workers anew as Node must, is the line to compare with. `fork` starts them ' +
      'as copies of the running interpreter, which no Node program can do: that line is shown and is not part of the ' +
      'target.',
  ],
  question: { measure: 'firstCall' },
  pythonMethods: PYTHON_METHODS,
  unit: 'ms',
  better: 'lower',
  fresh: true,
  deadline: 10_000,
  tableTitle: names => `From a new pool to its first result, ${names}`,
})

export const recovery = fieldRow({
  id: 'recovery',
  title: 'Crash recovery',
  about: [
    'A task ends its own worker (a thread by `process.exit`, a process by SIGKILL) in a warm pool of one; the ' +
      'next task is submitted as soon as the promise of the first has settled. Time from the first to the result ' +
      'of the next. "No answer" means that one of the two never settled within the time given.',
    'Bare: from `new Worker(file)`, or `fork(file)`, to the answer to a message, without a library and without a ' +
      "crash: the least that a worker takes to start. With the tasks: the same file imports the tasks' module and " +
      'answers with what the task returns: the least that a worker to replace another takes.',
  ],
  question: { measure: 'recovery' },
  bare: [
    { thread: 'bare: start of a thread', process: 'bare: start of a process' },
    {
      thread: 'bare: start of a thread with the tasks',
      process: 'bare: start of a process with the tasks',
      more: { file: 'live.js' },
    },
  ],
  targets(table, ours, bare) {
    for (const label of bare) ratioTarget(table, ours, label, { atMost: 1.2 })
  },
  unit: 'ms',
  better: 'lower',
  fresh: true,
  deadline: 5000,
  tableTitle: names => `From the crash of the only worker to the next result, ${names}`,
})

export const footprint = fieldRow({
  id: 'footprint',
  title: 'Memory of a pool',
  about: [
    'What the whole tree of processes holds with a warm pool of two workers that has run 10,000 tasks and is idle ' +
      'now, less what the program held before it made the pool. Shared pages are counted once.',
    'Python with `spawn`, which starts its workers anew as Node must, is the line to compare with. With `fork` they ' +
      'share the pages of the running interpreter, which no Node program can have them do: that line is shown and is ' +
      'not part of the target.',
  ],
  question: { measure: 'footprint', tasks: 10_000 },
  pythonMethods: PYTHON_METHODS,
  unit: 'MiB',
  better: 'lower',
  fresh: true,
  rounds: 3,
  deadline: 20_000,
  tableTitle: names => `Memory of a pool of two ${names}`,
})

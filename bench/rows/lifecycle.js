import { fieldRow } from '../lib/field-row.js'

export const firstcall = fieldRow({
  id: 'firstcall',
  title: 'First call',
  about: [
    'From making a pool of two workers to the first result, in a program that has just started and has loaded ' +
      'the library. Python forks, which copies a running interpreter instead of starting one.',
  ],
  question: { measure: 'firstCall' },
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
  ],
  question: { measure: 'recovery' },
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
  ],
  question: { measure: 'footprint', tasks: 10_000 },
  unit: 'MiB',
  better: 'lower',
  fresh: true,
  rounds: 3,
  deadline: 20_000,
  tableTitle: names => `Memory of a pool of two ${names}`,
})

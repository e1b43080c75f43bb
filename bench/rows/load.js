import { fieldRow } from '../lib/field-row.js'

export const factorial = fieldRow({
  id: 'factorial',
  title: 'factorial(1000), 100,000 times',
  about: [
    'The task of the cross-library suite of poolifier: `factorial(1000)` by recursion, 100,000 calls submitted at ' +
      'once, each with its own promise, and awaited together. Pools of two workers, warmed up.',
  ],
  question: ({ quick }) => ({
    measure: 'throughput',
    budget: 0,
    wave: quick ? 10_000 : 100_000,
    argument: 1000,
  }),
  task: 'factorial',
  unit: 'tasks/s',
  rounds: 3,
  deadline: 120_000,
  tableTitle: names => `factorial(1000) on 2 ${names}`,
})

export const mixed = fieldRow({
  id: 'mixed',
  title: 'Short and long tasks mixed',
  about: [
    'A thousand tasks in a fixed random order, nine of ten busy for 0.2 ms and one of ten for 10 ms, submitted at ' +
      'once to two workers. Their own time, halved, divided by the time that passed: 1 is the ideal schedule.',
  ],
  question: ({ quick }) => ({ measure: 'mixed', tasks: quick ? 300 : 1000 }),
  task: 'busy',
  unit: 'of the ideal',
  rounds: 5,
  deadline: 40_000,
  tableTitle: names => `Mixed tasks on 2 ${names}: fraction of the ideal`,
})

export const load = fieldRow({
  id: 'load',
  title: 'Latency under load',
  about: [
    'Tasks that are busy for 1 ms arrive at fixed times, a thousand a second, which is half of what two workers can ' +
      'do. Time from when a task was due to its result: the 99th percentile of a round of two seconds.',
  ],
  question: ({ quick }) => ({ measure: 'load', every: 1, busy: 1, ms: quick ? 500 : 2000 }),
  task: 'busy',
  unit: 'ms',
  better: 'lower',
  rounds: 5,
  deadline: 20_000,
  tableTitle: names => `99th percentile of the latency at half load, 2 ${names}`,
  detail: answers => `median ${answers.at(-1).p50.toFixed(2)} ms in the last round`,
})

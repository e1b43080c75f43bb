import { fieldRow } from '../lib/field-row.js'
import { ratioTarget, valueTarget } from '../lib/table.js'

/** `factorial`: a wave of everybody else; Python, which takes many times as long, gets a part of it. */
const WAVE = 100_000
const factorialWave = wave => ({ measure: 'throughput', budget: 0, wave, argument: 1000 })
const quickly = (wave, { quick }) => (quick ? wave / 10 : wave)

export const factorial = fieldRow({
  id: 'factorial',
  title: 'factorial(1000), 100,000 times',
  about: [
    'The task of the cross-library suite of poolifier: `factorial(1000)` by recursion, 100,000 calls submitted at ' +
      'once, each with its own promise, and awaited together. Pools of two workers, warmed up by a tenth of that. ' +
      'Python: a fifth of the calls, `Pool.map(factorial, numbers, chunksize=1)`.',
  ],
  question: settings => factorialWave(quickly(WAVE, settings)),
  pythonQuestion: settings => factorialWave(quickly(WAVE / 5, settings)),
  warmup: factorialWave(WAVE / 10),
  task: 'factorial',
  unit: 'tasks/s',
  rounds: 2,
  deadline: 120_000,
  tableTitle: names => `factorial(1000) on 2 ${names}`,
})

export const mixed = fieldRow({
  id: 'mixed',
  title: 'Short and long tasks mixed',
  about: [
    'A thousand tasks in a fixed random order, nine of ten busy for 0.2 ms and one of ten for 10 ms, submitted at ' +
      'once to two workers. Their own time, halved, divided by the time that passed: 1 is the ideal schedule.',
    'Bare: two workers without any library, which is what this machine gives at best. Threads take the next length ' +
      'from a counter in shared memory; processes have half of the list each, shared out beforehand so that both ' +
      'have the same to do.',
  ],
  question: ({ quick }) => ({ measure: 'mixed', tasks: quick ? 300 : 1000 }),
  task: 'busy',
  bare: [{ thread: 'bare: two threads at once', process: 'bare: two processes at once' }],
  targets(table, ours, [bare]) {
    valueTarget(table, ours, { atLeast: 0.95 })
    ratioTarget(table, ours, bare, { atLeast: 0.95 })
  },
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

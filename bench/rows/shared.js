import { interleave } from '../lib/interleave.js'
import { nodeSpec, pythonProgram } from '../lib/specs.js'
import { ratioTarget, seriesOf, table, valueTarget } from '../lib/table.js'

const PYTHON = 'Python multiprocessing.Value'

export const value = {
  id: 'value',
  title: 'Increments of a shared number',
  about: [
    'One process adds 1 to a `Value` again and again, holding its lock for each: `lock.tryAcquire()`, ' +
      '`value.value += 1`, `lock.release()`; in Python `with value.get_lock(): value.value += 1`. ' +
      '`value.atomic.add(1)` needs no lock; Python has nothing like it.',
  ],
  async run({ rounds, budget, python, onTurn }) {
    const question = { measure: 'increments', budget, count: 10_000 }
    const [locked, atomic] = ['manycore, under its lock', 'manycore, atomic']
    const specs = [
      nodeSpec(locked, 'shared.js', ['value'], question),
      nodeSpec(atomic, 'shared.js', ['atomic'], question),
      ...pythonProgram(python, PYTHON, 'python_shared.py', question),
    ]
    const results = await interleave(specs, { rounds, deadline: budget * 10 + 20_000, onTurn })
    const series = [locked, atomic, PYTHON].map(label => seriesOf(results, label))
    const result = table({ id: 'value', title: 'increments of a shared int', unit: 'increments/s', series })
    ratioTarget(result, locked, PYTHON, { atLeast: 15 })
    return [result]
  },
}

export const array = {
  id: 'array',
  title: 'Elements of a shared array',
  about: [
    'A loop over a million elements that reads each one and writes it: an `Int32Array` of the program alone, and a ' +
      "`SharedArray('i')`, which is an `Int32Array` over memory that processes share.",
  ],
  async run({ rounds, budget, onTurn }) {
    const question = { measure: 'elements', budget, length: 1_000_000 }
    const [shared, bare] = ['manycore SharedArray', 'bare Int32Array']
    const specs = [
      nodeSpec(shared, 'shared.js', ['array'], question),
      nodeSpec(bare, 'shared.js', ['private'], question),
    ]
    const results = await interleave(specs, { rounds, onTurn })
    const series = [shared, bare].map(label => seriesOf(results, label))
    const title = 'reading and writing one element'
    const result = table({ id: 'array', title, unit: 'ns', better: 'lower', series })
    ratioTarget(result, shared, bare, { atMost: 1.1 })
    return [result]
  },
}

export const sharing = {
  id: 'share',
  title: 'A big input for every worker',
  about: [
    'A `Float64Array` of 256 MiB, and four workers of a warm pool that each read a number in it: the time from the ' +
      'calls to the last answer. With `share()` it was copied into shared memory before that, once (in brackets); ' +
      'as an argument it is copied for each of them.',
  ],
  async run({ rounds, quick, onTurn }) {
    const question = { measure: 'everybodyReads', mib: quick ? 32 : 256 }
    const shared = ['manycore share, ThreadPool', 'manycore share, Pool']
    const copied = ['manycore argument, ThreadPool', 'manycore argument, Pool']
    const spec = (label, what) =>
      nodeSpec(label, 'shared.js', [what, label.includes('Thread') ? 'thread' : 'process'], question)
    const specs = [
      ...shared.map(label => spec(label, 'share')),
      ...copied.map(label => spec(label, 'argument')),
    ]
    const results = await interleave(specs, { rounds: Math.min(rounds, 3), deadline: 60_000, onTurn })
    const detail = answers => `(copied in: ${Math.round(Math.min(...answers.map(({ put }) => put)))} ms)`
    const series = [
      ...shared.map(label => seriesOf(results, label, { detail })),
      ...copied.map(label => seriesOf(results, label)),
    ]
    const title = `${question.mib} MiB read by 4 workers`
    const result = table({ id: 'share', title, unit: 'ms', better: 'lower', series })
    for (const label of shared) valueTarget(result, label, { atMost: 20 })
    return [result]
  },
}

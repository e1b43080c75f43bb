import { interleave } from '../lib/interleave.js'
import { nodeSpec, pythonProgram } from '../lib/specs.js'
import { ratioTarget, seriesOf, table } from '../lib/table.js'

const OURS = 'manycore Semaphore, awaited'
const PYTHON = 'Python multiprocessing.Pipe'

export const wakeup = {
  id: 'wakeup',
  title: 'Waking another process',
  about: [
    'Two processes wake each other in turn, each with an event loop that goes on meanwhile: `there.release()` and ' +
      '`await back.acquire()`. Python: a small object there and back through a `Pipe`, both sides blocked.',
  ],
  async run({ rounds, quick, python, onTurn }) {
    const question = { measure: 'wakeup', count: quick ? 1000 : 5000 }
    const specs = [
      nodeSpec(OURS, 'locks.js', [], question),
      ...pythonProgram(python, PYTHON, 'python_locks.py', question),
    ]
    const results = await interleave(specs, { rounds, onTurn })
    return [
      ['p50', 'median'],
      ['p99', '99th percentile'],
    ].map(([figure, name]) => {
      const series = [OURS, PYTHON].map(label => seriesOf(results, label, { pick: answer => answer[figure] }))
      const result = table({
        id: `wakeup-${figure}`,
        title: `A wake-up there and back, ${name}`,
        unit: 'µs',
        better: 'lower',
        series,
      })
      if (figure === 'p50') ratioTarget(result, OURS, PYTHON, { atMost: 0.6 })
      return result
    })
  },
}

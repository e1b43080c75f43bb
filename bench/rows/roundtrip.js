import { interleave } from '../lib/interleave.js'
import { librarySpecs, nodeSpec, PYTHON, pythonSpecs } from '../lib/specs.js'
import { ratioTarget, seriesOf, table } from '../lib/table.js'

const KINDS = {
  thread: { ours: 'manycore ThreadPool', bare: 'bare postMessage ping-pong', atMost: 1.3 },
  process: { ours: 'manycore Pool', bare: 'bare child_process IPC ping-pong', atMost: 1.1 },
}

export const roundtrip = {
  id: 'roundtrip',
  title: "One task's round trip",
  about: [
    'One no-op task after the other, each awaited before the next is submitted, in a pool of two warm workers: ' +
      'median and 99th percentile. manycore and the bare ping-pong (one worker that sends each message back, by ' +
      "`postMessage` or by a forked child's IPC channel with `serialization: 'advanced'`) take turns in the same " +
      'process, block by block, and are compared there.',
  ],
  async run({ rounds, quick, python, onTurn }) {
    const count = quick ? 1000 : 4000
    const question = { measure: 'latency', count }
    const specs = Object.keys(KINDS).flatMap(kind => [
      nodeSpec(kind, 'roundtrip.js', [kind, 2], { measure: 'roundtrip', count }),
      ...librarySpecs(kind, { question, except: ['manycore'] }),
    ])
    specs.push(...pythonSpecs(python, question))
    const results = await interleave(specs, { rounds, onTurn })
    return Object.keys(KINDS).flatMap(kind => tablesOf(kind, specs, results))
  },
}

function tablesOf(kind, specs, results) {
  const { ours, bare, atMost } = KINDS[kind]
  const peers = specs.filter(spec => spec.args[2] === kind).map(spec => spec.label)
  return [
    ['p50', 'median'],
    ['p99', '99th percentile'],
  ].map(([figure, name]) => {
    const pick = answer => answer[figure]
    const series = [
      seriesOf(results, kind, { as: ours, pick: answer => answer.manycore[figure] }),
      seriesOf(results, kind, { as: bare, pick: answer => answer.bare[figure] }),
      ...peers.map(label => seriesOf(results, label, { pick })),
      seriesOf(results, PYTHON, { pick }),
    ]
    const title = `Round trip of one task, ${kind}, ${name}`
    const result = table({ id: `roundtrip-${kind}-${figure}`, title, unit: 'µs', better: 'lower', series })
    if (figure === 'p50') ratioTarget(result, ours, bare, { atMost })
    return result
  })
}

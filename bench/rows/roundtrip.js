import { interleave } from '../lib/interleave.js'
import { pinned, pinning } from '../lib/pin.js'
import { librarySpecs, nodeSpec, PYTHON, pythonSpecs } from '../lib/specs.js'
import { median } from '../lib/stats.js'
import { ratioTarget, seriesOf, table } from '../lib/table.js'

const KINDS = {
  thread: { ours: 'manycore ThreadPool', bare: 'bare postMessage ping-pong', atMost: 1.3 },
  process: { ours: 'manycore Pool', bare: 'bare child_process IPC ping-pong', atMost: 1.1 },
}
const FIGURES = { p50: 'median', p99: '99th percentile' }
/** New programs of each contestant in a round. */
const PROGRAMS = 3
const ROUNDS = 3
/** Trips before those that count: with fewer, the main thread's code is not compiled yet for all contestants. */
const WARMUP = 4000

export const roundtrip = {
  id: 'roundtrip',
  title: "One task's round trip",
  about: [
    'One no-op task after the other, each awaited before the next is submitted, in a pool of two warm workers: ' +
      'median and 99th percentile. manycore and the bare ping-pong (one worker that sends each message back, by ' +
      "`postMessage` or by a forked child's IPC channel with `serialization: 'advanced'`, with a promise for each " +
      'trip) take turns in the same program, block by block, and are compared there.',
    'Whether a worker is woken on the core of the main thread or on another is up to the scheduler, mostly stays so ' +
      'for the life of a program, and decides more than any library. So each figure of a round is the median of ' +
      `${PROGRAMS} programs made for it, each warmed up by ${WARMUP.toLocaleString('en')} trips, and there are two modes: the whole program with its workers on one core, by ` +
      '`taskset`, where all do the same and the target is held; and free, where chance has its part. Without ' +
      '`taskset` there is the second alone, with the target.',
  ],
  async run({ rounds, quick, python, onTurn }) {
    const count = quick ? 500 : 1000
    const warmup = quick ? 1000 : WARMUP
    const specs = specsOf(count, python).map(spec => ({
      ...spec,
      warmup: { ...spec.question, count: warmup },
    }))
    const options = { rounds: Math.min(rounds, ROUNDS) * PROGRAMS, fresh: true, settle: true, onTurn }
    const prefix = pinning()
    const modes = []
    if (prefix) {
      const all = specs.map(spec => pinned(spec, prefix))
      modes.push({ mode: 'one', name: 'on one core', isHeld: true, results: await interleave(all, options) })
    }
    modes.push({ mode: 'free', name: 'free', isHeld: !prefix, results: await interleave(specs, options) })
    return Object.keys(KINDS).flatMap(kind => modes.flatMap(mode => tablesOf(kind, specs, mode)))
  },
}

function specsOf(count, python) {
  const question = { measure: 'latency', count }
  const ofKinds = Object.keys(KINDS).flatMap(kind => [
    nodeSpec(kind, 'roundtrip.js', [kind, 2], { measure: 'roundtrip', count }),
    ...librarySpecs(kind, { question, except: ['manycore'] }),
  ])
  return [...ofKinds, ...pythonSpecs(python, question)]
}

function tablesOf(kind, specs, { mode, name, isHeld, results }) {
  const { ours, bare, atMost } = KINDS[kind]
  const peers = specs.filter(spec => spec.args[2] === kind).map(spec => spec.label)
  return Object.entries(FIGURES).map(([figure, words]) => {
    const pick = answer => answer[figure]
    const series = [
      seriesOf(results, kind, { as: ours, pick: answer => answer.manycore[figure] }),
      seriesOf(results, kind, { as: bare, pick: answer => answer.bare[figure] }),
      ...peers.map(label => seriesOf(results, label, { pick })),
      seriesOf(results, PYTHON, { pick }),
    ].map(one => ({ ...one, samples: byRound(one.samples) }))
    const title = `Round trip of one task, ${kind}, ${name}, ${words}`
    const id = `roundtrip-${kind}-${mode}-${figure}`
    const result = table({ id, title, unit: 'µs', better: 'lower', series })
    if (figure === 'p50' && isHeld) ratioTarget(result, ours, bare, { atMost })
    return result
  })
}

/** One figure a round: the median of its programs. */
function byRound(samples) {
  const rounds = Math.floor(samples.length / PROGRAMS)
  return Array.from({ length: rounds }, (_, round) =>
    median(samples.slice(round * PROGRAMS, (round + 1) * PROGRAMS)),
  )
}

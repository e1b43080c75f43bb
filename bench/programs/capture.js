/*
 * What it costs to make a function travel, and what it costs the function.
 *   node programs/capture.js
 */
import { ThreadPool } from '../../dist/lib/index.js'
// The room itself: what is measured here has no public name.
import { capture, TextStore } from '../../dist/src/capture/index.js'
import { unpack } from '../../dist/src/codec/index.js'
import { serve } from '../lib/serve.js'
import { median } from '../lib/stats.js'
import { double } from '../tasks/functions.js'

const can = { transfer: true, share: true }
const rate = 1.5
const settings = { scale: 3, list: [1, 2, 3] }
const half = x => x / 2
const scaled = x => half(x) * rate
const make = () => x => scaled(x) + half(x) + settings.scale
const makeFor = n => () => half(n)

const timed = fn => {
  const started = performance.now()
  fn()
  return performance.now() - started
}

/** The graph as another thread gets it: nothing in it is known to be from here. */
function crossed(graph) {
  const copy = structuredClone(graph)
  for (const payload of copy.graph[5]) if (payload?.origin) payload.origin = undefined
  return copy
}

const rebuilt = fn => unpack(crossed(capture(fn, 'bench', can).graph))

/** Milliseconds to rebuild a function whose text has come before. */
function rebuildTimes(count) {
  const [here, there] = [new TextStore(), new TextStore()]
  const times = []
  for (let n = 0; n < count; n++) {
    const { graphs, sent } = here.lean([capture(makeFor(n), 'bench', can).graph])
    sent()
    const arrived = graphs.map(crossed)
    times.push(timed(() => there.full(arrived).map(unpack)))
  }
  return times
}

function counters() {
  let total = 0
  return {
    add: n => {
      for (let i = 0; i < n; i++) total = (total + i * rate) % 1000
    },
    read: () => total,
  }
}

const LOOPS = {
  constant: () => n => {
    let sum = 0
    for (let i = 0; i < n; i++) sum = (sum + i * rate) % 1000
    return sum
  },
  shared: () => {
    const { add, read } = counters()
    return n => {
      add(n)
      return read()
    }
  },
}
const TURNS = 15
const MAPS = 80
const CALLS = 2_000_000

/** The original and the one made again, in turns: milliseconds of each. */
function loop(which) {
  const [original, copy] = [LOOPS[which](), rebuilt(LOOPS[which]())]
  const times = { original: [], rebuilt: [] }
  for (let turn = -2; turn < TURNS; turn++) {
    const pair = [timed(() => original(CALLS)), timed(() => copy(CALLS))]
    if (turn < 0) continue
    times.original.push(pair[0])
    times.rebuilt.push(pair[1])
  }
  return { original: median(times.original), rebuilt: median(times.rebuilt) }
}

let pool
/** `map` with an export of a module, with a closure, and with one made anew, in turns: milliseconds of each. */
async function map({ items }) {
  pool ??= new ThreadPool(2)
  const numbers = Array.from({ length: items }, (_, i) => i)
  const times = { exported: [], closure: [], fresh: [] }
  const two = 2
  const closure = x => x * two
  for (let turn = -10; turn < MAPS; turn++) {
    const pair = []
    for (const fn of [double, closure, x => x * two]) {
      const started = performance.now()
      await pool.map(fn, numbers)
      pair.push(performance.now() - started)
    }
    if (turn < 0) continue
    times.exported.push(pair[0])
    times.closure.push(pair[1])
    times.fresh.push(pair[2])
  }
  return {
    exported: median(times.exported),
    closure: median(times.closure),
    fresh: median(times.fresh),
  }
}

process.removeAllListeners('warning').on('warning', () => {})

await serve(
  {
    first: async () => ({ value: timed(() => capture(make(), 'bench', can)) }),
    costs: async ({ count }) => {
      const captures = Array.from({ length: count }, () => timed(() => capture(make(), 'bench', can)))
      return { capture: median(captures), rebuild: median(rebuildTimes(count)) }
    },
    loops: async () => ({ constant: loop('constant'), shared: loop('shared') }),
    map,
  },
  () => pool?.terminate(),
)

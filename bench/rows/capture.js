import { interleave } from '../lib/interleave.js'
import { nodeSpec } from '../lib/specs.js'
import { ratioTarget, seriesOf, table, valueTarget } from '../lib/table.js'

const ITEMS = 10_000
const spec = question => nodeSpec('capture', 'capture.js', [], question)

export const capture = {
  id: 'capture',
  title: 'Functions that travel by value',
  about: [
    'The function is an arrow that uses two other arrows, one of which uses a number, and an object: four things ' +
      'travel with its text. First: the first capture of a program, parser and inspector included. Afterwards: each ' +
      'time a new arrow of that text. Rebuilt: what a worker does with a closure whose text it has had.',
    'Speed: a loop of two million turns in the original and in the rebuilt function, in turns in one program. `map`: ' +
      `${ITEMS.toLocaleString('en')} numbers on two threads, with a closure and with an export of a module, in turns.`,
  ],
  async run({ rounds, quick, onTurn }) {
    const ask = async (measure, options) => {
      const question = { measure, count: quick ? 100 : 500, items: ITEMS }
      return interleave([spec(question)], { rounds, onTurn, ...options })
    }
    const first = await ask('first', { fresh: true })
    return [costs(first, await ask('costs')), loops(await ask('loops')), maps(await ask('map'))]
  },
}

function costs(first, later) {
  const labels = ['manycore: first capture', 'manycore: capture afterwards', 'manycore: rebuilt, text known']
  const result = table({
    id: 'capture-cost',
    title: 'What a capture takes',
    unit: 'ms',
    better: 'lower',
    series: [
      seriesOf(first, 'capture', { as: labels[0] }),
      seriesOf(later, 'capture', { as: labels[1], pick: answer => answer.capture }),
      seriesOf(later, 'capture', { as: labels[2], pick: answer => answer.rebuild }),
    ],
  })
  for (const [i, atMost] of [60, 1, 0.05].entries()) valueTarget(result, labels[i], { atMost })
  return result
}

const seriesFor = (results, label, pick) => seriesOf(results, 'capture', { as: label, pick })

function loops(results) {
  const labels = [
    'manycore: constant',
    'bare: original, constant',
    'manycore: shared',
    'bare: original, shared',
  ]
  const result = table({
    id: 'capture-speed',
    title: 'Two million turns of a loop in a rebuilt function',
    unit: 'ms',
    better: 'lower',
    series: [
      seriesFor(results, labels[0], ({ constant }) => constant.rebuilt),
      seriesFor(results, labels[1], ({ constant }) => constant.original),
      seriesFor(results, labels[2], ({ shared }) => shared.rebuilt),
      seriesFor(results, labels[3], ({ shared }) => shared.original),
    ],
  })
  ratioTarget(result, labels[0], labels[1], { atMost: 1.05 })
  ratioTarget(result, labels[2], labels[3], { atMost: 1.05 })
  return result
}

function maps(results) {
  const labels = ['manycore: closure', 'manycore: closure made for each map', 'bare: exported function']
  const result = table({
    id: 'capture-map',
    title: `map over ${ITEMS} numbers with a closure`,
    unit: 'ms',
    better: 'lower',
    series: [
      seriesFor(results, labels[0], answer => answer.closure),
      seriesFor(results, labels[1], answer => answer.fresh),
      seriesFor(results, labels[2], answer => answer.exported),
    ],
  })
  ratioTarget(result, labels[0], labels[2], { atMost: 1.03 })
  return result
}

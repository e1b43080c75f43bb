import { LIBRARIES } from '../adapters/index.js'
import { interleave } from './interleave.js'
import { librarySpecs, PYTHON, pythonSpecs } from './specs.js'
import { aheadTarget, seriesOf, table } from './table.js'

const KINDS = ['thread', 'process']
const NAMES = { thread: 'threads', process: 'processes' }
const OURS = { thread: 'manycore ThreadPool', process: 'manycore Pool' }

/**
 * A row in which every library and Python answer the same question: one table for threads, one for processes, each
 * holding us to be ahead of all others.
 * @param {{ id: string, title: string, about: string[], question: object | ((settings: object) => object),
 *   task?: string, unit: string, better?: 'higher' | 'lower', fresh?: boolean, rounds?: number, deadline: number,
 *   tableTitle: (names: string) => string, detail?: (answers: object[]) => string,
 *   targets?: (table: object, ours: string) => void }} row
 *   `rounds`: at most so many; `fresh`: a new program for each turn.
 */
export function fieldRow({ id, title, about, question, task, fresh, deadline, tableTitle, detail, ...row }) {
  return {
    id,
    title,
    about,
    async run({ rounds, quick, python, onTurn, ...settings }) {
      const asked = typeof question === 'function' ? question({ quick, ...settings }) : question
      const specs = [
        ...KINDS.flatMap(kind => librarySpecs(kind, { task, question: asked })),
        ...pythonSpecs(python, asked),
      ]
      const results = await interleave(specs, {
        rounds: Math.min(rounds, row.rounds ?? rounds),
        fresh,
        deadline: quick ? deadline / 2 : deadline,
        onTurn,
      })
      return KINDS.map(kind => {
        const labels = [...LIBRARIES[kind].map(({ label }) => label), PYTHON]
        const series = labels.map(label => seriesOf(results, label, { detail }))
        const { unit, better = 'higher' } = row
        const result = table({ id: `${id}-${kind}`, title: tableTitle(NAMES[kind]), unit, better, series })
        aheadTarget(result, OURS[kind])
        row.targets?.(result, OURS[kind])
        return result
      })
    },
  }
}

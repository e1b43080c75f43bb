import { LIBRARIES } from '../adapters/index.js'
import { interleave } from './interleave.js'
import { librarySpecs, nodeSpec, PYTHON, pythonMethodSpecs, pythonSpecs, pythonWith } from './specs.js'
import { aheadTarget, seriesOf, table } from './table.js'

const KINDS = ['thread', 'process']
const NAMES = { thread: 'threads', process: 'processes' }
const OURS = { thread: 'manycore ThreadPool', process: 'manycore Pool' }

/** A question that depends on the settings is a function of them. */
const asked = (question, settings) => (typeof question === 'function' ? question(settings) : question)

/**
 * A row in which every library and Python answer the same question: one table for threads, one for processes, each
 * holding us to be ahead of all others.
 * @param {{ id: string, title: string, about: string[], question: object | ((settings: object) => object),
 *   warmup?: object, pythonQuestion?: object | ((settings: object) => object),
 *   pythonMethods?: { method: string, outOfTarget?: boolean }[],
 *   bare?: { thread: string, process: string, more?: object }[],
 *   task?: string, unit: string, better?: 'higher' | 'lower', fresh?: boolean, rounds?: number, deadline: number,
 *   tableTitle: (names: string) => string, detail?: (answers: object[]) => string,
 *   targets?: (table: object, ours: string, bare: string[]) => void }} row
 *   `rounds`: at most so many; `fresh`: a new program for each turn; `warmup`: asked in place of the question to warm
 *   up; `pythonMethods`: a line for each of these start methods, in place of one for Python's default;
 *   `bare`: what `programs/bare.js` does without a library, its label by kind, asked with `more` in the question.
 */
export function fieldRow({ id, title, about, question, warmup, pythonMethods, bare = [], task, ...row }) {
  const python = pythonMethods?.map(({ method, ...flags }) => ({ label: pythonWith(method), ...flags }))
  const lines = python ?? [{ label: PYTHON }]

  function specsOf({ python: command, ...settings }) {
    const common = { question: asked(question, settings), warmup }
    const forPython = asked(row.pythonQuestion ?? question, settings)
    const specs = KINDS.flatMap(kind => [
      ...librarySpecs(kind, { task, question: common.question }),
      ...bare.map(one => nodeSpec(one[kind], 'bare.js', [kind], { ...common.question, ...one.more })),
    ])
    const pythons = pythonMethods
      ? pythonMethods.flatMap(({ method }) => pythonMethodSpecs(command, method, forPython))
      : pythonSpecs(command, forPython)
    return [...specs, ...pythons].map(spec => ({ ...spec, warmup }))
  }

  function tableOf(kind, results) {
    const { unit, better = 'higher', detail } = row
    const series = [
      ...LIBRARIES[kind].map(({ label }) => seriesOf(results, label, { detail })),
      ...lines.map(({ label, outOfTarget }) => seriesOf(results, label, { detail, outOfTarget })),
      ...bare.map(one => seriesOf(results, one[kind], { detail })),
    ]
    const result = table({ id: `${id}-${kind}`, title: row.tableTitle(NAMES[kind]), unit, better, series })
    aheadTarget(result, OURS[kind])
    row.targets?.(
      result,
      OURS[kind],
      bare.map(one => one[kind]),
    )
    return result
  }

  return {
    id,
    title,
    about,
    async run({ rounds, onTurn, ...settings }) {
      const results = await interleave(specsOf(settings), {
        rounds: Math.min(rounds, row.rounds ?? rounds),
        fresh: row.fresh,
        deadline: settings.quick ? row.deadline / 2 : row.deadline,
        onTurn,
      })
      return KINDS.map(kind => tableOf(kind, results))
    },
  }
}

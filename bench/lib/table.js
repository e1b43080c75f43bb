/*
 * From answers to a table: series (one per contestant, one value a round) and the targets they are held to.
 *
 * Table:  { id, title, unit, better: 'higher' | 'lower', series: Series[], targets: Target[], notes: string[] }
 * Series: { label, ours: boolean, baseline: boolean, samples: number[], detail?: string, error?: string,
 *   outOfTarget?: boolean }   shown like any other, but not compared with by the target "ahead of all"
 * Target: { text, measured, reached: boolean | null, goal?: { label, value } }   null = could not be measured
 */
import { median, pairedRatio } from './stats.js'
import { exact, short } from './format.js'

/** The series of one label out of what `interleave` returned. `pick` takes the value out of an answer. */
export function seriesOf(
  results,
  label,
  { pick = answer => answer.value, detail, as = label, outOfTarget } = {},
) {
  const result = results.get(label)
  const series = { label: as, ours: as.startsWith('manycore'), baseline: as.startsWith('bare'), samples: [] }
  if (outOfTarget) series.outOfTarget = true
  if (result === undefined) return { ...series, error: 'not found' }
  series.samples = result.answers.map(pick)
  if (result.error !== undefined) return { ...series, error: result.error }
  if (detail !== undefined && result.answers.length > 0) series.detail = detail(result.answers)
  return series
}

export function table(fields) {
  return { better: 'higher', targets: [], notes: [], ...fields }
}

const find = (of, label) => of.series.find(series => series.label === label)
const usable = series => series !== undefined && series.error === undefined && series.samples.length > 0

/** Holds `ours` to a ratio against another series: `{ atLeast: 20 }` or `{ atMost: 1.3 }`. */
export function ratioTarget(of, ours, against, bound) {
  const text = `${ours} ${words(bound)}× ${against}`
  const [mine, theirs] = [find(of, ours), find(of, against)]
  if (!usable(mine) || !usable(theirs)) {
    of.targets.push({ text, measured: whyNot(mine, theirs), reached: null })
    return
  }
  const ratio = pairedRatio(mine.samples, theirs.samples).median
  const factor = bound.atLeast ?? bound.atMost
  of.targets.push({
    text,
    measured: `${short(ratio)}×`,
    reached: holds(ratio, bound),
    goal: { ours, label: `${exact(factor)}× ${against}`, value: median(theirs.samples) * factor },
  })
}

/** Holds `ours` to be ahead of every other series of the table that is neither bare nor out of the target. */
export function aheadTarget(of, ours) {
  const without = of.series.filter(series => series.outOfTarget).map(({ label }) => label)
  const text = `${ours} ahead of all${without.length > 0 ? ` but ${without.join(', ')}` : ''}`
  const mine = find(of, ours)
  const others = of.series.filter(
    series => !series.ours && !series.baseline && !series.outOfTarget && usable(series),
  )
  if (!usable(mine) || others.length === 0) {
    of.targets.push({ text, measured: whyNot(mine), reached: null })
    return
  }
  const lead = others.map(series => {
    const ratio = pairedRatio(mine.samples, series.samples).median
    return { label: series.label, times: of.better === 'lower' ? 1 / ratio : ratio }
  })
  const closest = lead.reduce((least, one) => (one.times < least.times ? one : least))
  const measured = `${short(closest.times)}× as good as ${closest.label}`
  of.targets.push({ text, measured, reached: closest.times >= 1 })
}

/** Holds `ours` to a bound of its own. */
export function valueTarget(of, ours, bound) {
  const text = `${ours} ${words(bound)} ${of.unit}`
  const mine = find(of, ours)
  if (!usable(mine)) {
    of.targets.push({ text, measured: whyNot(mine), reached: null })
    return
  }
  const value = median(mine.samples)
  const limit = bound.atLeast ?? bound.atMost
  of.targets.push({
    text,
    measured: `${short(value)} ${of.unit}`,
    reached: holds(value, bound),
    goal: { ours, label: `${exact(limit)} ${of.unit}`, value: limit },
  })
}

function holds(value, { atLeast, atMost }) {
  return atLeast === undefined ? value <= atMost : value >= atLeast
}

function words({ atLeast, atMost }) {
  return atLeast === undefined ? `≤ ${exact(atMost)}` : `≥ ${exact(atLeast)}`
}

function whyNot(...series) {
  const missing = series.find(one => !usable(one))
  return missing === undefined
    ? 'not measured'
    : `not measured: ${missing.label}: ${missing.error ?? 'no answer'}`
}

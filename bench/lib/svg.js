/*
 * One table as a picture: horizontal bars of the medians on a linear axis from zero, a thin line from the
 * lowest to the highest round, a dashed mark where a target lies. Opaque and in fixed colours, so that it
 * reads the same on light and dark pages.
 */
import { short } from './format.js'
import { summary } from './stats.js'

const WIDTH = 820
const LEFT = 236
const RIGHT = 118
const TOP = 66
const ROW = 34
const BAR = 18
const FONT = "font-family=\"system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif\""
const COLOURS = {
  ours: '#2563eb',
  baseline: '#0d9488',
  peer: '#94a3b8',
  ink: '#0f172a',
  soft: '#64748b',
  line: '#e2e8f0',
  goal: '#dc2626',
}

/** @returns {string} the SVG text of a table */
export function drawTable({ title, unit, better, series, targets }) {
  const rows = series.map(one => ({ ...one, ...(one.samples.length > 0 ? summary(one.samples) : {}) }))
  const goals = targets.flatMap(target => (target.goal === undefined ? [] : [target.goal]))
  const ticks = niceTicks(Math.max(...rows.map(row => row.high ?? 0), ...goals.map(goal => goal.value), 1e-9))
  const end = ticks.at(-1)
  const x = value => LEFT + (value / end) * (WIDTH - LEFT - RIGHT)
  const bottom = TOP + rows.length * ROW
  const height = bottom + 40
  const parts = [
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="#ffffff" stroke="${COLOURS.line}"/>`,
    text(20, 28, title, `font-size="16" font-weight="600" fill="${COLOURS.ink}"`),
    drawSubtitle(unit, better, goals.length > 0),
    ...ticks.map(tick => drawTick(x(tick), bottom, short(tick))),
    ...rows.map((row, index) => drawRow(row, TOP + index * ROW, x)),
    ...drawGoals(goals, rows, x),
  ]
  const root = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`
  return `${root} role="img" aria-label="${escape(title)}" ${FONT}>\n${parts.join('\n')}\n</svg>\n`
}

function drawSubtitle(unit, better, hasGoals) {
  const target = hasGoals ? ` <tspan fill="${COLOURS.goal}" dx="10">┆ target</tspan>` : ''
  const words = escape(`${unit}, ${better === 'higher' ? 'more' : 'less'} is better`)
  return `<text x="20" y="47" font-size="12" fill="${COLOURS.soft}">${words}${target}</text>`
}

function drawTick(at, bottom, label) {
  const line = `<line x1="${round(at)}" y1="${TOP - 4}" x2="${round(at)}" y2="${bottom}" stroke="${COLOURS.line}"/>`
  return line + text(at, bottom + 18, label, `font-size="11" fill="${COLOURS.soft}" text-anchor="middle"`)
}

function drawRow(row, top, x) {
  const middle = top + ROW / 2
  const weight = row.ours ? 600 : 400
  const label = text(
    LEFT - 10,
    middle + 4,
    row.label,
    `font-size="13" font-weight="${weight}" fill="${COLOURS.ink}" text-anchor="end"`,
  )
  if (row.median === undefined || row.error !== undefined) {
    return (
      label +
      text(
        LEFT + 8,
        middle + 4,
        clip(row.error ?? 'not measured'),
        `font-size="12" font-style="italic" fill="${COLOURS.soft}"`,
      )
    )
  }
  const colour = row.ours ? COLOURS.ours : row.baseline ? COLOURS.baseline : COLOURS.peer
  const width = Math.max(2, x(row.median) - LEFT)
  const bar = `<rect x="${LEFT}" y="${middle - BAR / 2}" width="${round(width)}" height="${BAR}" rx="3" fill="${colour}"/>`
  const spread = `<line x1="${round(x(row.low))}" y1="${middle}" x2="${round(x(row.high))}" y2="${middle}" stroke="${COLOURS.ink}" stroke-opacity="0.55" stroke-width="1.5"/>`
  const value = text(
    WIDTH - 20,
    middle + 4,
    short(row.median),
    `font-size="12" font-weight="${weight}" fill="${COLOURS.ink}" text-anchor="end"`,
  )
  return label + bar + spread + value
}

/** The hardest goal of each of our bars: the others are met with it. */
function drawGoals(goals, rows, x) {
  return rows.flatMap((row, index) => {
    const own = goals.filter(goal => goal.ours === row.label)
    return own.map(goal => {
      const at = round(x(goal.value))
      const top = TOP + index * ROW + 2
      return `<line x1="${at}" y1="${top}" x2="${at}" y2="${top + ROW - 4}" stroke="${COLOURS.goal}" stroke-width="1.5" stroke-dasharray="3 2"><title>target: ${escape(goal.label)}</title></line>`
    })
  })
}

/** Four to six round numbers from 0 to at least `high`. */
function niceTicks(high) {
  const rough = high / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough)
  const count = Math.ceil(high / step)
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6)))
}

const round = value => Math.round(value * 10) / 10
const clip = words => (words.length > 70 ? `${words.slice(0, 69)}…` : words)
const escape = words =>
  words.replace(/[&<>"]/g, sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign])
const text = (x, y, words, style) => `<text x="${round(x)}" y="${round(y)}" ${style}>${escape(words)}</text>`

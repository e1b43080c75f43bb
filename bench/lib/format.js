/*
 * Numbers as people read them.
 */

/** Three significant digits, thousands grouped: 1234567 → 1,230,000; 0.01234 → 0.0123. */
export function short(value) {
  if (!Number.isFinite(value)) return '–'
  const rounded = Number(value.toPrecision(3))
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 6 })
}

/** A number that somebody chose: as it is. */
export function exact(value) {
  return value.toLocaleString('en-US', { maximumFractionDigits: 6 })
}

/** A cell of a Markdown table. */
export function cell(text) {
  return String(text).replaceAll('|', '\\|').replaceAll('\n', ' ')
}

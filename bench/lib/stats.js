/*
 * The few figures that the tables need. Medians and quantiles rather than means: a shared machine adds long
 * tails, and a tail must not decide a comparison.
 */

/** The value below which the fraction `q` (0..1) of `values` lies, linearly interpolated. */
export function quantile(values, q) {
  if (values.length === 0) return Number.NaN
  const sorted = Float64Array.from(values).toSorted()
  const at = (sorted.length - 1) * q
  const below = Math.floor(at)
  const above = Math.ceil(at)
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below)
}

export const median = values => quantile(values, 0.5)

/** `{ median, low, high, rounds }` of the rounds of one contestant. */
export function summary(values) {
  return {
    median: median(values),
    low: Math.min(...values),
    high: Math.max(...values),
    rounds: values.length,
  }
}

/**
 * How `ours` stands to `theirs`: the median of the ratios round by round, not the ratio of two medians.
 * A round measures all contestants one right after the other, so a slow minute of the machine hits both.
 */
export function pairedRatio(ours, theirs) {
  const rounds = Math.min(ours.length, theirs.length)
  const ratios = Array.from({ length: rounds }, (_, round) => ours[round] / theirs[round])
  return { ...summary(ratios), ratios }
}

/** Milliseconds of `count` tasks, one of ten long and the others short, in an order that is random but always the same. */
export function mixedLengths(count) {
  let seed = 1
  return Array.from({ length: count }, () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % 10 === 0 ? 10 : 0.2
  })
}

/** `lengths` in so many lists of about the same sum: the longest first, each to the list that has least so far. */
export function fairShares(lengths, parts) {
  const shares = Array.from({ length: parts }, () => ({ sum: 0, list: [] }))
  for (const length of Float64Array.from(lengths).toSorted().toReversed()) {
    const least = shares.reduce((a, b) => (b.sum < a.sum ? b : a))
    least.sum += length
    least.list.push(length)
  }
  return shares.map(({ list }) => list)
}

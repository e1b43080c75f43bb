/* Numbers as people read them. English everywhere, so that a report reads the same on every machine. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

/** `12,345` */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** `1,023`, `8.25`: three digits are as much as a measurement is worth. */
export function formatRate(rate: number): string {
  return rate >= 100 ? whole.format(rate) : short.format(rate)
}

/** `350 ms`, `12.4 s`, `3 min 20 s`, `2 h 5 min` */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${short.format(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 99.95) return `${short.format(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`
}

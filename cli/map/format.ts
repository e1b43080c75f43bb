import type { Outcome } from './outcome.ts'

/** The line that stdout gets for an outcome; `undefined` when it gets none. */
export type Format = (outcome: Outcome) => string | undefined

/** Strings as they are, anything else as JSON; nothing for failures and for functions that return nothing. */
export const formatText: Format = outcome => {
  if (outcome.state !== 'done' || outcome.json === undefined) return undefined
  return `${outcome.json.startsWith('"') ? (JSON.parse(outcome.json) as string) : outcome.json}\n`
}

/** One JSON object a line: `{ input, value, ms }` or `{ input, error: { name, code, message } }`. */
export const formatJson: Format = outcome => {
  const input = JSON.stringify(outcome.input)
  if (outcome.state === 'done') {
    return `{"input":${input},"value":${outcome.json ?? 'null'},"ms":${roundMs(outcome.ms)}}\n`
  }
  return outcome.state === 'failed'
    ? `{"input":${input},"error":${JSON.stringify(outcome.failure)}}\n`
    : undefined
}

/** To the microsecond: what lies below is noise. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

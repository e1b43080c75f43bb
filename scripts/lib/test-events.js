// @ts-check
/*
 * A reporter for `node --test` that writes each event as one line of JSON. The runner (`run-test-file.js`) reads
 * these lines, so it need not guess from text made for people, which differs between the versions of Node.
 */
import { inspect } from 'node:util'

/** More of an error than this is no help to a reader. */
const MOST_LINES = 100

/**
 * @typedef {object} TestEvent
 * @property {string} type          `test:start`, `test:pass`, …
 * @property {string} [name]
 * @property {number} [nesting]
 * @property {boolean} [suite]
 * @property {boolean} [skip]
 * @property {boolean} [todo]
 * @property {number} [ms]
 * @property {string} [failure]     Node's word for how it failed: `testCodeFailure`, `cancelledByParent`, …
 * @property {string} [error]       the error as text, with its stack
 * @property {string} [message]     what the file printed
 */

/** @param {AsyncIterable<{ type: string, data: any }>} events */
export default async function* eventLines(events) {
  for await (const { type, data } of events) {
    const error = data.details?.error
    /** @type {TestEvent} */
    const line = {
      type,
      name: data.name,
      nesting: data.nesting,
      suite: data.details?.type === 'suite',
      // A skipped or open test may carry its reason instead of `true`.
      skip: data.skip !== undefined && data.skip !== false,
      todo: data.todo !== undefined && data.todo !== false,
      ms: data.details?.duration_ms,
      failure: error?.failureType,
      error: error && errorText(error.cause instanceof Error ? error.cause : error),
      message: data.message,
    }
    yield `${JSON.stringify(line)}\n`
  }
}

/** An assertion's text says what was expected; its fields would only say it again. @param {Error & { code?: string }} error */
function errorText(error) {
  const text = (error.code === 'ERR_ASSERTION' && error.stack) || inspect(error, { depth: 4 })
  const lines = text.split('\n')
  if (lines.length <= MOST_LINES) return text
  return [...lines.slice(0, MOST_LINES), `… ${lines.length - MOST_LINES} more lines`].join('\n')
}

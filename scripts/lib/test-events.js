// @ts-check
/*
 * A reporter for `node --test` that writes each event as one line of JSON. The runner (`run-test-file.js`) reads
 * these lines, so it need not guess from text made for people, which differs between the versions of Node.
 */
import { inspect } from 'node:util'

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
      error: error && inspect(error.cause instanceof Error ? error.cause : error, { depth: 4 }),
      message: data.message,
    }
    yield `${JSON.stringify(line)}\n`
  }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Death, ThreadLink } from '../../src/link/index.ts'
import { entryFile } from '../../src/base/index.ts'
import { CALLS } from '../../src/wire/index.ts'

/*
 * A message can be sent and not be read: one that is nested deeper than the other side's stack allows, for instance.
 * Nobody knows what was in it, so the thread ends, and its calls are told.
 */

const LIMIT = { timeout: 30_000 }

function nested(depth: number): unknown[] {
  let value: unknown[] = []
  for (let at = 0; at < depth; at++) value = [value]
  return value
}

/** Sends what can't be read here, then goes on or ends. */
const sender = (end: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { workerData } from 'node:worker_threads'
      ${nested.toString()}
      workerData.port.postMessage(nested(100_000))
      ${end}`)}`,
  )

for (const [what, end] of [
  ['goes on', 'setInterval(() => {}, 1000)'],
  ['ends', 'process.exit(0)'],
] as const) {
  test(`a thread whose message can't be read here, and that ${what}, has failed`, LIMIT, async () => {
    const link = new ThreadLink({
      name: 'sender',
      entry: sender(end),
      resourceLimits: { stackSizeMb: 64 },
    })
    const death = await new Promise<Death>(resolve => link.listen({ message() {}, ended: resolve }))
    assert.match(String(death.error), /RangeError: Maximum call stack size exceeded/)
  })
}

test("a thread that can't read a message ends, and says why", LIMIT, async () => {
  const link = new ThreadLink({
    name: 'reader',
    entry: entryFile('entry-thread', new URL('../../src/worker/start.js', import.meta.url).href),
    resourceLimits: { stackSizeMb: 0.3 },
  })
  const ended = new Promise<Death>(resolve => link.listen({ message() {}, ended: resolve }))
  link.send([CALLS, 0, nested(2500)])
  link.ref()
  const death = await ended
  assert.deepEqual([death.code, death.signal], [1, null])
  assert.match(death.stderr, /a message of the program can not be read here: RangeError/)
})

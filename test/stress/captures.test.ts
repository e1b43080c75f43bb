import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manyCaptures } from './captures.ts'

/* Some thousands of what `npm run stress -- --captures` makes a hundred thousand of. */

test('captures leave nothing behind', { timeout: 60_000 }, async () => {
  const { bytesEach } = await manyCaptures(4000)
  // A closure of this test holds more than 800 bytes.
  assert.ok(bytesEach < 300, `${Math.round(bytesEach)} bytes a capture`)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../support/index.ts'

test("a user's functions of every kind work in threads and processes, or are refused as the guide says", {
  timeout: 60_000,
}, async () => {
  const { stdout, code } = await runProgram(fileURLToPath(new URL('./thirty-functions.js', import.meta.url)))
  assert.deepEqual(stdout.trim().split('\n'), ['ThreadPool: 32 work, 0 not', 'Pool: 32 work, 0 not'])
  assert.equal(code, 0)
})

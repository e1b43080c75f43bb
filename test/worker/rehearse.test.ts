import assert from 'node:assert/strict'
import { test } from 'node:test'
import { currentTask } from 'manycore'
import { identity } from '../../src/worker/index.ts'
import { rehearse } from '../../src/worker/rehearse.ts'

test('a rehearsal leaves no trace: no task, no other identity, nothing that keeps the program alive', () => {
  const { isWorker, process: before, startMethod } = identity
  const held = process.getActiveResourcesInfo().length
  rehearse()
  assert.equal(currentTask(), undefined)
  assert.deepEqual(
    [identity.isWorker, identity.process, identity.startMethod],
    [isWorker, before, startMethod],
  )
  assert.ok(process.getActiveResourcesInfo().length <= held + 1)
})

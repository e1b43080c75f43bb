import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Window } from '../../../cli/map/window.ts'

function windowAfter(items: number, length: number): number {
  const window = new Window(() => 4)
  const json = 'x'.repeat(length)
  for (let i = 0; i < items; i++) window.add({ state: 'done', input: '', json, ms: 1, recorded: false })
  return window.size
}

describe('the window of items under way', () => {
  it('is wide for small results, narrow for big ones, and never too narrow for the workers', () => {
    assert.equal(windowAfter(0, 0), 128)
    assert.equal(windowAfter(100, 20), 4096)
    assert.equal(windowAfter(100, 1024 * 1024), 32)
    assert.equal(windowAfter(40, 30 * 1024 * 1024), 8)
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Gathering } from '../../src/pool/gathering.ts'
import { eachKind, tempDir } from '../support/index.ts'
import { until, withPool } from './support.ts'

/* What one turn submits goes out together, and some of a long turn before its end. */

test('few are handed over once, when the turn is over', async () => {
  let times = 0
  const gathering = new Gathering(() => times++)
  for (let call = 0; call < 63; call++) gathering.add()
  assert.equal(times, 0)
  assert.equal(gathering.isPlanned, true)
  await Promise.resolve()
  assert.equal(times, 1)
  assert.equal(gathering.isPlanned, false)
})

test('many are handed over on the way, ever more at a time, and anew in the next turn', async () => {
  let calls = 0
  let at: number[] = []
  const gathering = new Gathering(() => at.push(calls))
  for (let turn = 0; turn < 2; turn++) {
    at = []
    for (calls = 1; calls <= 5000; calls++) gathering.add()
    assert.deepEqual(at, [64, 256, 1024, 4096])
    await Promise.resolve()
    assert.equal(at.length, 5)
  }
})

eachKind(kind => {
  test('workers begin while the turn that submits goes on', { timeout: 60_000 }, () =>
    withPool(kind, {}, async pool => {
      await until(() => pool.stats().workers.starting === 0, 'both workers')
      const { existsSync } = await import('node:fs')
      const file = `${tempDir().path}/begun`
      const begin = (path: string): void => process.getBuiltinModule('node:fs').writeFileSync(path, '')
      const all = Array.from({ length: 64 }, () => pool.apply(begin, [file]))
      // Without the event loop ever turning.
      const end = performance.now() + 20_000
      while (!existsSync(file) && performance.now() < end);
      assert.equal(existsSync(file), true)
      await Promise.all(all)
    }),
  )
})

import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { afterEach } from 'node:test'
import { eachKind, tempDir } from '../support/index.ts'
import { cell, clearUp, coded, outcome, poolOf } from './cells.ts'

/* What is done is done: a finished result is not held up, or taken down, by the task behind it. */

const LARGE = 8 * 2 ** 20

function large(size: number): Uint8Array {
  return new Uint8Array(size)
}

function spinUntil(file: string): string {
  while (!existsSync(file));
  return 'seen'
}

eachKind(kind => {
  afterEach(clearUp)

  cell('a large result arrives while the task behind it computes', async () => {
    const flag = `${tempDir().path}/arrived`
    const pool = poolOf(kind, { processes: 1 })
    const first = pool.apply(large, [LARGE]).then(({ length }) => {
      writeFileSync(flag, '')
      return length
    })
    assert.deepEqual(await Promise.all([first, pool.apply(spinUntil, [flag])]), [LARGE, 'seen'])
  })

  cell('a large result arrives though the task behind it ends the worker', async () => {
    const pool = poolOf(kind, { processes: 1 })
    const first = outcome(pool.apply(large, [LARGE]))
    const second = outcome(pool.apply(() => process.exit(7)))
    const found = await first
    assert.ok(
      'value' in found && (found.value as Uint8Array).length === LARGE,
      String(Object.values(found)[0]),
    )
    coded('WORKER_DIED', { exitCode: 7 })(await second)
  })
})

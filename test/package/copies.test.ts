import assert from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { runProgram, tempDir } from '../support/index.ts'
import { ROOT } from './install.ts'

test('what another copy of the package has made is refused by that name', { timeout: 60_000 }, async () => {
  const folder = tempDir()
  for (const part of ['package.json', 'dist/lib'])
    cpSync(join(ROOT, part), join(folder.path, part), { recursive: true })
  const other = pathToFileURL(join(folder.path, 'dist/lib/index.js')).href
  const { stdout, stderr, code, left } = await runProgram(`
    import { Lock, ThreadPool } from 'manycore'
    const { Lock: OtherLock } = await import(${JSON.stringify(other)})
    const [lock, strange] = [new Lock(), new OtherLock()]
    const pool = new ThreadPool(1)
    console.log(await pool.apply(one => typeof one.acquire, [lock]))
    for (const call of [() => pool.apply(one => typeof one, [strange]), () => pool.apply(() => typeof strange)])
      await Promise.resolve().then(call).catch(error => console.log(error.code, /Two copies of manycore/.test(error.message)))
    await pool.terminate()
  `)
  assert.deepEqual([stderr, code, left], ['', 0, []])
  assert.deepEqual(stdout.trim().split('\n'), ['function', 'CANNOT_CLONE true', 'CANNOT_CAPTURE true'])
})

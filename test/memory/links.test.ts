import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Barrier } from 'manycore'
import { until } from '../pool/support.ts'
import { eachKind, nothingLeft, tempDir } from '../support/index.ts'

eachKind(({ Worker }) => {
  afterEach(() => nothingLeft())

  /* Node's resolver is led astray by who has just asked about a pipe: packages that are linked were loaded twice. */
  test('who wakes another still finds modules behind links', { timeout: 60_000 }, async () => {
    const folder = tempDir()
    folder.write('real/first.mjs', 'export const url = import.meta.url')
    folder.write('real/second.mjs', 'export const url = import.meta.url')
    symlinkSync('real', join(folder.path, 'link'))
    const load = async (path: string): Promise<string> => {
      const module = (await import(pathToFileURL(join(folder.path, path)).href)) as { url: string }
      return module.url
    }
    // The folders on the way are known by then, as they are in any program.
    const real = await load('real/first.mjs')
    const barrier = new Barrier(2)
    const worker = new Worker({ target: () => barrier.wait() }).start()
    await until(() => barrier.nWaiting === 1, 'the other')
    await barrier.wait()
    assert.equal(await load('link/second.mjs'), real.replace('first', 'second'))
    await worker.join()
    folder.remove()
  })
})

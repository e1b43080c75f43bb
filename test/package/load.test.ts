import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { suite, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { ROOT } from './install.ts'
import { join } from 'node:path'

/*
 * The loader of the library's scripts: with what a program has compiled, without it, and with what is no such thing.
 */

const LOADER = join(ROOT, 'dist/lib/load.cjs')

interface Loader {
  loadCore(code?: Uint8Array): Record<string, unknown>
  loadFaces(): Record<string, unknown>
}

/** What a thread has of the core, and whether the engine took the code. */
async function inThread(code: unknown): Promise<{ names: string[]; rejected: boolean | undefined }> {
  const worker = new Worker(
    `const { parentPort, workerData: { loader, code } } = require('node:worker_threads')
    const vm = require('node:vm')
    let rejected
    const { Script } = vm
    vm.Script = class extends Script {
      constructor(...args) { super(...args); rejected = this.cachedDataRejected }
    }
    const names = Object.keys(require(loader).loadCore(code))
    parentPort.postMessage({ names, rejected })`,
    { eval: true, workerData: { loader: LOADER, code } },
  )
  const [answer] = (await once(worker, 'message')) as [{ names: string[]; rejected: boolean | undefined }]
  await worker.terminate()
  return answer
}

suite('the loader', () => {
  test('gives one library to all who ask, with all names of the public interface', async () => {
    const { loadFaces } = createRequire(import.meta.url)(LOADER) as Loader
    assert.equal(loadFaces(), loadFaces())
    const names = Object.keys(await import('manycore'))
    assert.deepEqual(Object.keys(loadFaces()).sort(), names.sort())
    assert.equal(names.includes('startThread'), false)
  })

  test('runs what the program has compiled, and the text where that is of no use', async () => {
    const plain = await inThread(undefined)
    assert.ok(plain.names.includes('startThread'))
    assert.equal(plain.rejected, undefined)
    const { compileAhead } = createRequire(import.meta.url)(LOADER) as Loader & { compileAhead(): Uint8Array }
    assert.deepEqual(await inThread(compileAhead()), { names: plain.names, rejected: false })
    assert.deepEqual(await inThread(new Uint8Array(1000)), { names: plain.names, rejected: true })
  })
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { runProgram, type TempDir, tempDir } from '../support/index.ts'
import { ROOT } from './install.ts'

/*
 * The loader of the library's scripts: with what a program has compiled, or an earlier one kept, without it, and with
 * what is no such thing.
 */

const LIBRARY = join(ROOT, 'dist/lib')
const LOADER = join(LIBRARY, 'load.cjs')
const NOTHING_KEPT = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }

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
    { eval: true, env: NOTHING_KEPT, workerData: { loader: LOADER, code } },
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

  test('gives a worker the library that its modules find, where symbolic links are not followed', async () => {
    const program = `
      import { Lock, Pool, ThreadPool } from 'manycore'
      for (const Kind of [Pool, ThreadPool]) {
        const lock = new Lock()
        const pool = new Kind(1)
        console.log(await pool.apply(async () => (await lock.acquire()) && lock.release()))
        pool.close()
        await pool.join()
      }`
    const { stdout, stderr } = await runProgram(program, { execArgv: ['--preserve-symlinks'] })
    assert.equal(stderr, '')
    assert.equal(stdout, 'undefined\nundefined\n')
  })
})

test('classes are called as they are written', async () => {
  for (const name of ['index.js', 'for-bundlers.js']) {
    const all = (await import(pathToFileURL(join(LIBRARY, name)).href)) as Record<string, unknown>
    for (const [exported, value] of Object.entries(all))
      if (typeof value === 'function') assert.equal(value.name, exported, name)
  }
})

test('what is there for bundlers knows all that travels', async () => {
  const { explain, Lock, Process, Queue, SharedArray } = (await import(
    pathToFileURL(join(LIBRARY, 'for-bundlers.js')).href
  )) as typeof import('manycore')
  const things = [new Lock(), new Queue(), new SharedArray('i', 3), new Map([[1, new URL('a:b')]]), Process]
  const shared = { count: 0 }
  const uses = (): unknown => [things, shared, () => shared.count++]
  const report = explain(uses)
  assert.equal(report.refused, undefined)
})

/** A program with a library of its own. What it kept, and which scripts the engine had not to compile. */
suite('what is kept for programs to come', () => {
  const folder = tempDir().path
  const library = join(folder, 'node_modules/manycore/dist/lib')
  const kept = join(folder, 'node_modules/.cache/manycore')
  cpSync(LIBRARY, library, { recursive: true })

  function run(lib = library, env: NodeJS.ProcessEnv = {}, ...args: string[]): string[] {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        '-e',
        `if (process.env.AS_VERSION) Object.defineProperty(process, 'version', { value: process.env.AS_VERSION })
        const vm = require('node:vm')
        const { basename } = require('node:path')
        const taken = []
        const { Script } = vm
        vm.Script = class extends Script {
          constructor(text, options) {
            super(text, options)
            if (this.cachedDataRejected === false) taken.push(basename(options.filename))
          }
        }
        const { loadFaces, compileAhead } = require(process.argv[1])
        loadFaces()
        if (!process.argv[2]) compileAhead()
        console.log(taken.sort().join())`,
        join(lib, 'load.cjs'),
        ...args,
      ],
      {
        env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '', NODE_V8_COVERAGE: '', ...env },
        encoding: 'utf8',
        timeout: 30_000,
      },
    )
    assert.deepEqual([status, stderr], [0, ''])
    return stdout.trim().split(',').filter(Boolean)
  }

  const files = (): string[] => readdirSync(kept).map(name => join(kept, name))

  test('nothing by who starts no worker, or where Node is to keep nothing', () => {
    assert.deepEqual(run(library, {}, 'names only'), [])
    assert.deepEqual(run(library, { NODE_DISABLE_COMPILE_CACHE: '1' }), [])
    assert.equal(existsSync(kept), false)
  })

  test('both scripts, which the next program takes', () => {
    assert.deepEqual(run(), [])
    assert.equal(files().length, 2)
    assert.deepEqual(run(), ['core.cjs', 'faces.cjs'])
    assert.deepEqual(run(library, { NODE_DISABLE_COMPILE_CACHE: '1' }), [])
  })

  test('another Node keeps its own: with the same tag, an engine may die of what ours has compiled', () => {
    assert.deepEqual(run(library, { AS_VERSION: 'v20.0.0' }), [])
    assert.equal(files().length, 4)
    assert.deepEqual(run(library, { AS_VERSION: 'v20.0.0' }), ['core.cjs', 'faces.cjs'])
    for (const file of files()) if (file.includes('v20.0.0')) rmSync(file)
    assert.deepEqual(run(), ['core.cjs', 'faces.cjs'])
  })

  test('not what has been moved: the compiled form has its path in it', () => {
    const moved = join(folder, 'moved')
    cpSync(join(folder, 'node_modules'), join(moved, 'node_modules'), { recursive: true })
    const there = join(moved, 'node_modules/manycore/dist/lib')
    assert.deepEqual(run(there), [])
    assert.deepEqual(run(there), ['core.cjs', 'faces.cjs'])
  })

  /** What stands at the end of each. */
  const LABEL = [''.padEnd(64), statSync(process.execPath).size, realpathSync(library)].join()
  for (const [what, damage] of [
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 3)],
    ['empty', (bytes: Buffer) => bytes.subarray(0, 0)],
    ['damaged in one place', (bytes: Buffer) => bytes.fill(0x55, 40_000, 40_100)],
    [
      'of another build',
      (bytes: Buffer) => bytes.fill('f', bytes.length - LABEL.length, bytes.length - LABEL.length + 64),
    ],
    ['of another place', (bytes: Buffer) => bytes.fill('f', bytes.length - 1)],
  ] as const) {
    test(`not what is ${what}: it is made anew`, () => {
      for (const file of files()) writeFileSync(file, damage(readFileSync(file)))
      assert.deepEqual(run(), [])
      assert.deepEqual(run(), ['core.cjs', 'faces.cjs'])
    })
  }

  test('no drafts of programs that were killed while they wrote', () => {
    const [file = ''] = files()
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeFileSync(`${file}.${pid}`, 'half of it')
    writeFileSync(`${file}.${process.pid}`, 'being written')
    writeFileSync(file, '')
    run()
    assert.deepEqual(
      files()
        .filter(name => /\.\d+$/.test(name))
        .map(name => name.slice(file.length)),
      [`.${process.pid}`],
    )
    rmSync(`${file}.${process.pid}`)
  })

  test('nothing that has lain there for months', () => {
    const [file = ''] = files()
    const old = `${file}0`
    cpSync(file, old)
    utimesSync(old, new Date(0), new Date(0))
    run()
    assert.equal(existsSync(old), true)
    writeFileSync(file, '')
    run()
    assert.equal(existsSync(old), false)
  })

  test('nothing where there is no node_modules', () => {
    const bare = join(folder, 'bare')
    cpSync(LIBRARY, join(bare, 'dist/lib'), { recursive: true })
    assert.deepEqual(run(join(bare, 'dist/lib')), [])
    assert.equal(existsSync(join(bare, 'node_modules')), false)
  })
})

/** Says what the engine did with the compiled form that a worker found. */
const TELL = `
const vm = require('node:vm')
const { Script } = vm
vm.Script = class extends Script {
  constructor(text, options) {
    super(text, options)
    if (/core\\.cjs$/.test(options.filename)) console.log('rejected:', this.cachedDataRejected)
  }
}`

for (const [what, version, rejected] of [
  ['what its program has compiled', process.version, false],
  ['nothing that another Node has compiled, which it could die of', 'v20.0.0', undefined],
] as const) {
  test(`a worker process is given ${what}`, async () => {
    const { stdout, stderr } = await runProgram(
      `Object.defineProperty(process, 'version', { value: process.argv[2] })
      const { Pool } = await import('manycore')
      const pool = new Pool({ processes: 1, execArgv: ['--require', './tell.cjs'] })
      await pool.apply(Math.sqrt, [4])
      pool.close()
      await pool.join()`,
      { args: [version], files: { 'tell.cjs': TELL }, env: { NODE_DISABLE_COMPILE_CACHE: '1' } },
    )
    assert.deepEqual([stdout, stderr], [`rejected: ${rejected}\n`, ''])
  })
}

/** Replaces the library that it runs by another build, in whose workers nothing of this one can be trusted. */
const REPLACING = `
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Pool, ThreadPool } from './dist/lib/index.js'

const LIBRARY = new URL('./dist/lib/', import.meta.url)
function replace() {
  const [build] = /\\w{16}$/.exec(readFileSync(new URL('core.cjs', LIBRARY), 'latin1'))
  for (const name of readdirSync(LIBRARY)) {
    if (!name.endsWith('.cjs')) continue
    const file = new URL(name, LIBRARY)
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(build, 'another-build-00'))
  }
}

const began = new Pool({ processes: 1 })
console.log(await began.apply(Math.sqrt, [4]))
replace()
console.log(await began.apply(Math.sqrt, [9]))
for (const kind of [Pool, ThreadPool]) {
  const late = new kind({ processes: 1 })
  const { code, cause } = await late.apply(Math.sqrt, [16]).catch(error => error)
  console.log(code, /loaded another build of manycore than the program/.test(cause.message))
  await late.join()
}
await began.terminate()
`

function copyOfLibrary(): TempDir {
  const folder = tempDir()
  cpSync(LIBRARY, join(folder.path, 'dist/lib'), { recursive: true })
  return folder
}

test('a worker of another build than its program is refused: the library was replaced meanwhile', () => {
  const folder = copyOfLibrary()
  folder.write('program.mjs', REPLACING)
  const program = spawnSync(process.execPath, ['program.mjs'], {
    cwd: folder.path,
    encoding: 'utf8',
    timeout: 30_000,
  })
  assert.equal(program.stdout, `2\n3\n${'WORKERS_KEEP_DYING true\n'.repeat(2)}`)
  assert.equal(program.status, 0)
})

test('a part of another build than those that run is refused', () => {
  const folder = copyOfLibrary()
  const { loadCore, loadFaces } = createRequire(import.meta.url)(
    join(folder.path, 'dist/lib/load.cjs'),
  ) as Loader
  loadCore()
  appendFileSync(join(folder.path, 'dist/lib/faces.cjs'), '//another build')
  assert.throws(loadFaces, /faces\.cjs was replaced while this program ran: start the program anew/)
})

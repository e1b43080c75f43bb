import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { runProgram } from '../support/index.ts'

/*
 * The first module of a worker, which is loaded without the event loop where that makes no difference: nobody is to be
 * able to tell, but by the time.
 */

const PACKAGE = { 'package.json': '{ "type": "module" }' }

/** Each list of calls in a new worker of each kind; says what came of them. */
const INSIDE = `
import { Pool, ThreadPool } from 'manycore'
async function inNewWorkers(options, ...lists) {
  for (const Kind of [ThreadPool, Pool])
    for (const list of lists) {
      const pool = new Kind({ processes: 1, ...options })
      for (const fn of list)
        console.log(JSON.stringify(await pool.apply(fn).catch(error => error.cause?.message ?? error.message)))
      pool.close()
      await pool.join()
    }
}
`

/** How it is being loaded. */
const HOW = `/runSync|requireESM/.test(new Error().stack) ? 'at once' : 'in time'`

/** Says of what is loaded by \`require\` that it must not be. */
const NOT_BY_REQUIRE = `
const { _extensions } = process.getBuiltinModule('node:module')
const load = _extensions['.js']
_extensions['.js'] = (module, file) => {
  if (file.endsWith('work.js')) throw new Error('required')
  load(module, file)
}`

const once = (lines: readonly unknown[]): string => lines.map(line => `${JSON.stringify(line)}\n`).join('')
const onBoth = (...lines: readonly unknown[]): string => once(lines).repeat(2)

async function inProgram(
  source: string,
  files: Readonly<Record<string, string>>,
  execArgv: readonly string[] = [],
): Promise<string> {
  const { stdout, stderr } = await runProgram(`${INSIDE}${source}`, {
    name: 'main.js',
    files: { ...PACKAGE, ...files },
    execArgv,
  })
  assert.equal(stderr, '')
  return stdout
}

suite('the first module of a worker', () => {
  test('is loaded at once, and is the one that import() gives', async () => {
    const stdout = await inProgram(
      `import { how, isTheModule } from './work.js'
      await inNewWorkers({}, [how, isTheModule])`,
      {
        'work.js': `import nodeModule from 'node:module'
          const loaded = ${HOW}
          globalThis.times = (globalThis.times ?? 0) + 1
          export const how = () => [loaded, globalThis.times]
          export async function isTheModule() {
            const all = await import('./work.js')
            return [all.isTheModule === isTheModule, Object.keys(all), import.meta.filename in nodeModule._cache, globalThis.times]
          }`,
      },
    )
    assert.equal(stdout, onBoth(['at once', 1], [true, ['how', 'isTheModule'], false, 1]))
  })

  test('a thread that loads one is not terminated meanwhile', async () => {
    const stdout = await inProgram(
      `import { isGuarded } from './work.js'
      await inNewWorkers({}, [isGuarded])`,
      {
        'work.js': `
          import { isMainThread, threadId, workerData } from 'node:worker_threads'
          const guarded = isMainThread || new Int32Array(workerData.undisturbed).includes(-threadId)
          const how = ${HOW}
          export const isGuarded = () => [guarded, how]`,
      },
    )
    assert.equal(stdout, onBoth([true, 'at once']))
  })

  test('also by a link, with a default export, as TypeScript where Node knows that', async context => {
    const calls = `await inNewWorkers({}, [work, isTheModule])`
    const work = `globalThis.times = (globalThis.times ?? 0) + 1
      export default function work() { return globalThis.times }
      export const isTheModule = async () => [(await import(import.meta.url)).default === work, globalThis.times]`
    const asDefault = await inProgram(`import work, { isTheModule } from './work.mjs'; ${calls}`, {
      'work.mjs': work,
    })
    assert.equal(asDefault, onBoth(1, [true, 1]))
    const { typescript } = process.features as { typescript?: unknown }
    if (!typescript) return context.diagnostic('this Node does not strip types')
    const { stdout } = await runProgram(
      `${INSIDE}import { how } from './work.ts'; await inNewWorkers({}, [how])`,
      {
        name: 'main.js',
        files: {
          ...PACKAGE,
          'work.ts': `const loaded: string = ${HOW}; export const how = (): string => loaded`,
        },
      },
    )
    assert.equal(stdout, onBoth('at once'))
  })

  test('has its turn of promises before its first function is called', async () => {
    const stdout = await inProgram(`import { ready } from './work.js'; await inNewWorkers({}, [ready])`, {
      'work.js': `const done = []
        Promise.resolve().then(() => done.push('promise'))
        queueMicrotask(() => done.push('microtask'))
        export const ready = () => done`,
    })
    assert.equal(stdout, onBoth(['promise', 'microtask']))
  })

  test('may await something, or import what does: it runs once all the same', async () => {
    const stdout = await inProgram(
      `import { own } from './awaits.js'
      import { others } from './imports.js'
      await inNewWorkers({}, [own, own], [others, own])`,
      {
        'awaits.js': `globalThis.times = (globalThis.times ?? 0) + 1
          const value = await Promise.resolve(5)
          export const own = () => [value, globalThis.times]`,
        'imports.js': `import { own } from './awaits.js'
          globalThis.later = (globalThis.later ?? 0) + 1
          export const others = () => [...own(), globalThis.later]`,
      },
    )
    assert.equal(stdout, onBoth([5, 1], [5, 1], [5, 1, 1], [5, 1]))
  })

  test('fails with its own error, for each of its functions', async () => {
    const stdout = await inProgram(
      `import { one, two } from './throws.js'
      import { writeFileSync } from 'node:fs'
      writeFileSync('fail', '')
      await inNewWorkers({}, [one, two, one])`,
      {
        'throws.js': `import { existsSync } from 'node:fs'
          if (existsSync('fail')) throw new RangeError('not here')
          export const one = () => 1
          export const two = () => 2`,
      },
    )
    assert.equal(stdout, onBoth('not here', 'not here', 'not here'))
  })

  test('fails, when it or something of it is gone, as it does by import()', async () => {
    const stdout = await inProgram(
      `import { rmSync, writeFileSync } from 'node:fs'
      import { gone } from './gone.js'
      import { part } from './part.js'
      import { changed } from './changed.js'
      for (const Kind of [ThreadPool, Pool]) {
        const pool = new Kind(1)
        await pool.apply(gone)
        await pool.terminate()
      }
      rmSync('gone.js')
      rmSync('inner.js')
      writeFileSync('values.js', 'export const other = 1')
      const reason = fn => error => fn.name + ' ' + /[^\\n]*?(Cannot find module|does not provide)/.exec(error)?.[1]
      for (const Kind of [ThreadPool, Pool])
        for (const fn of [gone, part, changed]) {
          const pool = new Kind(1)
          for (const one of [fn, fn]) console.log(JSON.stringify(await pool.apply(one).catch(reason(fn))))
          await pool.terminate()
        }`,
      {
        'gone.js': `export const gone = () => 1`,
        'part.js': `import { x } from './inner.js'; export const part = () => x`,
        'inner.js': `export const x = 1`,
        'changed.js': `import { value } from './values.js'; export const changed = () => value`,
        'values.js': `export const value = 1`,
      },
    )
    const both = (text: string): string[] => [text, text]
    assert.equal(
      stdout,
      onBoth(
        ...both('gone Cannot find module'),
        ...both('part Cannot find module'),
        ...both('changed does not provide'),
      ),
    )
  })

  test('is imported when code of the user has run before: it may have changed how modules are loaded', async () => {
    const stdout = await inProgram(
      `import { how } from './work.js'
      const initializer = () => { ${NOT_BY_REQUIRE} }
      await inNewWorkers({ initializer }, [how])
      await inNewWorkers({}, [initializer, how])`,
      { 'work.js': `const loaded = ${HOW}; export const how = () => loaded` },
    )
    assert.equal(stdout, onBoth('in time') + onBoth(null, 'in time').replaceAll('null', 'undefined'))
  })

  test('is imported when a flag has brought a loader', async () => {
    const files = {
      'work.js': `const loaded = ${HOW}; export const how = () => loaded`,
      'loader.cjs': NOT_BY_REQUIRE,
    }
    const program = `import { how } from './work.js'; await inNewWorkers({}, [how])`
    assert.equal(await inProgram(program, files, ['--require', './loader.cjs']), onBoth('in time'))
  })
})

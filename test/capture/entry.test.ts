import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

const CAPTURE = new URL('../../src/capture/index.js', import.meta.url).href

/** A program that calls functions in a thread and a process; its first line tells each time that it runs. */
const main = (body: string) => `
console.log('the entry runs')
const { Pool, ThreadPool } = await import('manycore')
const pools = { thread: new ThreadPool(1), process: new Pool(1) }
const everywhere = async (fn, ...args) => {
  for (const [name, pool] of Object.entries(pools)) {
    console.log(name, await pool.apply(fn, args).catch(error => error.code + ' ' + error.message))
  }
}
${body}
for (const pool of Object.values(pools)) await pool.terminate()
`

const runs = (stdout: string) => stdout.split('\n').filter(line => line === 'the entry runs').length
const linesOf = (stdout: string): string[] => stdout.match(/^(thread|process|at) .*/gm) ?? []
const onBoth = (...values: (string | number)[]): string[] =>
  values.flatMap(value => [`thread ${value}`, `process ${value}`])

test('functions of the entry script travel, and those of modules that import it: it never runs again', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr, code } = await runProgram(
    `import { helper } from './helper.mjs'
    import { direct } from './direct.mjs'
    import { indirect } from './indirect.mjs'
    ${main(`
      const inside = 5
      await everywhere(x => helper(x) + inside, 1)
      await everywhere(exported, 2)
      // By value, though they are exports.
      await everywhere(direct, 1)
      await everywhere(indirect, 1)
      await everywhere(() => indirect(2))
      // A worker keeps the rule for the workers that it starts.
      const three = 3
      const inner = x => helper(x) + three
      await everywhere(async x => {
        const { ThreadPool } = await import('manycore')
        const pool = new ThreadPool(1)
        try { return await pool.apply(inner, [x]) } finally { await pool.terminate() }
      }, 2)
    `)}
    export function exported(x) { return x * 3 }`,
    {
      files: {
        'helper.mjs': 'export const helper = x => x * 10',
        'direct.mjs': "import { exported } from './main.mjs'\nexport const direct = x => exported(x) + 100",
        'indirect.mjs': "import { direct } from './direct.mjs'\nexport const indirect = x => direct(x) * 2",
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.equal(runs(stdout), 1)
  assert.deepEqual(linesOf(stdout), onBoth(15, 6, 103, 206, 212, 23))
})

test('the same for a CommonJS entry; a require of it that only the running function knows of fails', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await runProgram(
    `const { helper } = require('./helper.cjs')
    const { load } = require('./load.cjs')
    exports.exported = x => x * 3
    const inside = 5
    ;(async () => {${main(`
      await everywhere(x => helper(x) + inside, 1)
      await everywhere(exports.exported, 2)
      await everywhere(() => module.exports.exported(1))
      await everywhere(load, './main')
    `)}})()`,
    {
      name: 'main.cjs',
      files: {
        'helper.cjs': 'exports.helper = x => x * 10',
        'load.cjs': 'exports.load = name => require(name + ".cjs")',
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(runs(stdout), 1)
  const lines = linesOf(stdout)
  assert.deepEqual(lines.slice(0, 6), onBoth(15, 6, 3))
  assert.equal(lines.length, 8)
  for (const line of lines.slice(6)) assert.match(line, /WOULD_RUN_MAIN/)
})

test('what would run the entry again is refused; an import that only the running function knows of fails', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await runProgram(
    `import * as all from './around.mjs'
    import * as plain from './plain.mjs'
    import common from './common.cjs'
    ${main(`
      await everywhere(async () => (await import('./main.mjs')).fromEntry())
      await everywhere(async () => (await import('./around.mjs')).around())
      await everywhere(() => Object.keys(all))
      await everywhere(() => all.around())
      await everywhere(plain.literal)
      await everywhere(plain.indirect)
      await everywhere(plain.computed, './ma', 'in.mjs')
      await everywhere(common.computed, './ma', 'in.mjs')
      await everywhere(async (a, b) => (await import(a + b)).fromEntry(), './ma', 'in.mjs')
      await everywhere(async () => (await import('./later.mjs')).later())
      await everywhere(plain.other)
    `)}
    export function fromEntry() { return 1 }`,
    {
      files: {
        'around.mjs': "import { fromEntry } from './main.mjs'\nexport const around = () => fromEntry()",
        'plain.mjs': `import { later } from './later.mjs'
          export const literal = async () => (await import('./main.mjs')).fromEntry()
          export const indirect = () => later()
          export const computed = async (a, b) => (await import(a + b)).fromEntry()
          export const other = async () => (await import('./fine.mjs')).fine`,
        'later.mjs': "export const later = async () => (await import('./main.mjs')).fromEntry()",
        'common.cjs': 'exports.computed = async (a, b) => (await import(a + b)).fromEntry()',
        'fine.mjs': "export const fine = 'fine'",
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(runs(stdout), 1)
  const lines = linesOf(stdout)
  assert.equal(lines.length, 22)
  for (const line of lines.slice(0, 6))
    assert.match(line, /CANNOT_CAPTURE .*run your main script again: .*main\.mjs/)
  assert.deepEqual(lines.slice(6, 8), onBoth(1))
  for (const line of lines.slice(8, 20))
    assert.match(line, /WOULD_RUN_MAIN importing .*main\.mjs in a worker would run your main script again/)
  assert.deepEqual(lines.slice(20), onBoth('fine'))
})

for (const flag of ['--frozen-intrinsics', '--disallow-code-generation-from-strings']) {
  test(`a program under ${flag}`, { timeout: 60_000 }, async () => {
    const { stdout } = await runProgram(
      main(`
        const settings = { scale: 3 }
        class Point { constructor(x) { this.x = x } twice() { return this.x * 2 } }
        await everywhere(x => new Point(x).twice() * settings.scale + Math.max(...[1, 2].map(y => y)), 5)
      `),
      { execArgv: [flag] },
    )
    assert.deepEqual(linesOf(stdout), onBoth(32))
  })
}

const TSX = import.meta.resolve('tsx')

test('TypeScript through tsx: types, imports, paths of tsconfig.json, and the lines that the user wrote', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await runProgram(
    `import { area, failing, type Shape } from './shapes.ts'
    import { Level } from '@lib/level.ts'
    interface Settings {
      scale: number
    }
    const settings: Settings = {
      scale: 3,
    }
    const work = (shape: Shape): number => {
      const scaled: number = area(shape) * settings.scale
      if (scaled > 100) {
        throw new Error('too big')
      }
      return scaled
    }
    ${main(`
      await everywhere(work, { width: 1, height: 2 })
      await everywhere((level: number) => Level[level], 1)
      for (const pool of Object.values(pools)) {
        const error = await pool.apply(work, [{ width: 10, height: 20 }]).catch((thrown: Error) => thrown)
        console.log('at', /main\\.ts:\\d+:\\d+/.exec(error.stack)?.[0])
      }
      // By value, of a module that the worker has loaded too.
      await everywhere(area, { width: 3, height: 3 })
      for (const pool of Object.values(pools)) {
        const error = await pool.apply(failing('x'), []).catch((thrown: Error) => thrown)
        console.log('at', /shapes[.]ts:\\d+:\\d+/.exec(error.stack)?.[0])
      }
    `).replace('(fn, ...args)', '(fn: unknown, ...args: unknown[])')}`,
    {
      name: 'main.ts',
      execArgv: ['--import', TSX],
      files: {
        'package.json': '{ "type": "module" }',
        'tsconfig.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["lib/*"] } } }',
        'lib/level.ts': 'export enum Level { Low, High }',
        'shapes.ts': `export interface Shape {
  width: number
  height: number
}
export const area = (s: Shape): number => s.width * s.height

interface Other {
  a: number
}
export const failing = (why: string) => (): Other => {
  throw new Error(why)
}
`,
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(runs(stdout), 1)
  assert.deepEqual(linesOf(stdout), [
    ...onBoth(6, 'High'),
    ...['at main.ts:12:15', 'at main.ts:12:15'],
    ...onBoth(9),
    ...['at shapes.ts:11:9', 'at shapes.ts:11:9'],
  ])
})

test('importing the room loads no parser, no inspector and no vm', async () => {
  const { stdout } = await runProgram(`
    const before = new Set(process.moduleLoadList)
    await import('${CAPTURE}')
    const loaded = process.moduleLoadList.filter(name => !before.has(name))
    console.log(JSON.stringify(loaded.filter(name => /inspector$|NativeModule crypto$/.test(name))))
  `)
  assert.equal(stdout.trim(), '[]')
})

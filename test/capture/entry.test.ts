import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

const SIDES = new URL('./sides.js', import.meta.url).href
const CAPTURE = new URL('../../src/capture/index.js', import.meta.url).href

/** A program that calls functions in a thread and a process; its first line tells each time that it runs. */
const main = (body: string) => `
console.log('the entry runs')
const { ThreadSide, ProcessSide } = await import('${SIDES}')
const sides = [new ThreadSide(), new ProcessSide()]
const everywhere = async (fn, ...args) => {
  for (const side of sides) console.log(side.name, await side.call(fn, args).catch(error => error.code + ' ' + error.message))
}
${body}
for (const side of sides) await side.close()
`

const runs = (stdout: string) => stdout.split('\n').filter(line => line === 'the entry runs').length

test('a function of the entry script travels, and the entry never runs again', async () => {
  const { stdout, stderr, code } = await runProgram(
    `import { helper } from './helper.mjs'\n${main(`
      const inside = 5
      await everywhere(x => helper(x) + inside, 1)
      await everywhere(exported, 2)
    `)}
    export function exported(x) { return x * 3 }`,
    { files: { 'helper.mjs': 'export const helper = x => x * 10' } },
  )
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.equal(runs(stdout), 1)
  assert.deepEqual(stdout.match(/^(thread|process) .*/gm), [
    'thread 15',
    'process 15',
    'thread 6',
    'process 6',
  ])
})

test('the same for a CommonJS entry', async () => {
  const { stdout, stderr } = await runProgram(
    `const { helper } = require('./helper.cjs')
    exports.exported = x => x * 3
    const inside = 5
    ;(async () => {${main(`
      await everywhere(x => helper(x) + inside, 1)
      await everywhere(exports.exported, 2)
      await everywhere(() => module.exports.exported(1))
    `)}})()`,
    { name: 'main.cjs', files: { 'helper.cjs': 'exports.helper = x => x * 10' } },
  )
  assert.equal(stderr, '')
  assert.equal(runs(stdout), 1)
  assert.deepEqual(stdout.match(/^(thread|process) .*/gm), [
    'thread 15',
    'process 15',
    'thread 6',
    'process 6',
    'thread 3',
    'process 3',
  ])
})

test('a function of a module that imports the entry goes by value', async () => {
  const { stdout, stderr } = await runProgram(
    `import { direct } from './direct.mjs'
    import { indirect } from './indirect.mjs'
    ${main(`
      await everywhere(direct, 1)
      await everywhere(indirect, 1)
      await everywhere(() => indirect(2))
    `)}
    export function fromEntry(x) { return x + 100 }`,
    {
      files: {
        'direct.mjs': "import { fromEntry } from './main.mjs'\nexport const direct = x => fromEntry(x)",
        'indirect.mjs': "import { direct } from './direct.mjs'\nexport const indirect = x => direct(x) * 2",
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(runs(stdout), 1)
  assert.deepEqual(stdout.match(/^(thread|process) .*/gm), [
    'thread 101',
    'process 101',
    'thread 202',
    'process 202',
    'thread 204',
    'process 204',
  ])
})

test('a worker keeps the rule for the workers that it starts', async () => {
  const { stdout, stderr } = await runProgram(
    `import { area } from './shapes.mjs'\n${main(`
      const three = 3
      const inner = x => area(x) + three
      await everywhere(async x => {
        const { ThreadSide } = await import('${SIDES}')
        const side = new ThreadSide()
        try { return await side.call(inner, [x]) } finally { await side.close() }
      }, 2)
    `)}`,
    { files: { 'shapes.mjs': 'export const area = x => x * 10' } },
  )
  assert.equal(stderr, '')
  assert.equal(runs(stdout), 1)
  assert.deepEqual(stdout.match(/^(thread|process) .*/gm), ['thread 23', 'process 23'])
})

test('what would run the entry again is refused', async () => {
  const { stdout, stderr } = await runProgram(
    `import * as all from './around.mjs'
    ${main(`
      await everywhere(async () => (await import('./main.mjs')).fromEntry())
      await everywhere(async () => (await import('./around.mjs')).around())
      await everywhere(() => Object.keys(all))
      await everywhere(() => all.around())
    `)}
    export function fromEntry() { return 1 }`,
    {
      files: {
        'around.mjs': "import { fromEntry } from './main.mjs'\nexport const around = () => fromEntry()",
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(runs(stdout), 1)
  const lines = stdout.match(/^(thread|process) .*/gm) ?? []
  assert.equal(lines.length, 8)
  for (const line of lines.slice(0, 6))
    assert.match(line, /CANNOT_CAPTURE .*run your main script again: .*main\.mjs/)
  assert.deepEqual(lines.slice(6), ['thread 1', 'process 1'])
})

test('an import of the entry that only the running function knows of fails', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await runProgram(
    `import * as plain from './plain.mjs'
    import common from './common.cjs'
    ${main(`
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
  const lines = stdout.match(/^(thread|process) .*/gm) ?? []
  assert.equal(lines.length, 14)
  for (const line of lines.slice(0, 12))
    assert.match(line, /WOULD_RUN_MAIN importing .*main\.mjs in a worker would run your main script again/)
  assert.deepEqual(lines.slice(12), ['thread fine', 'process fine'])
})

test('a require of a CommonJS entry that only the running function knows of fails', async () => {
  const { stdout, stderr } = await runProgram(
    `const { load } = require('./load.cjs')
    ;(async () => {${main(`await everywhere(load, './main')`)}})()`,
    { name: 'main.cjs', files: { 'load.cjs': 'exports.load = name => require(name + ".cjs")' } },
  )
  assert.equal(stderr, '')
  assert.equal(runs(stdout), 1)
  const lines = stdout.match(/^(thread|process) .*/gm) ?? []
  assert.equal(lines.length, 2)
  for (const line of lines) assert.match(line, /WOULD_RUN_MAIN/)
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
    assert.deepEqual(stdout.match(/^(thread|process) .*/gm), ['thread 32', 'process 32'])
  })
}

const TSX = import.meta.resolve('tsx')

test('TypeScript through tsx: types, imports, and the lines that the user wrote', async () => {
  const { stdout, stderr } = await runProgram(
    `import { area, type Shape } from './shapes.ts'
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
      for (const side of sides) {
        const error = await side.call(work, [{ width: 10, height: 20 }]).catch((thrown: Error) => thrown)
        console.log('at', /main\\.ts:\\d+:\\d+/.exec(error.stack)?.[0])
      }
    `).replace('(fn, ...args)', '(fn: unknown, ...args: unknown[])')}`,
    {
      name: 'main.ts',
      execArgv: ['--import', TSX],
      files: {
        'package.json': '{ "type": "module" }',
        'shapes.ts':
          'export interface Shape { width: number; height: number }\nexport const area = (s: Shape): number => s.width * s.height',
      },
    },
  )
  assert.equal(stderr, '')
  assert.equal(runs(stdout), 1)
  assert.deepEqual(stdout.match(/^(thread|process|at) .*/gm), [
    'thread 6',
    'process 6',
    'at main.ts:11:15',
    'at main.ts:11:15',
  ])
})

test('tsx resolves a name of the paths in tsconfig.json over there too', { timeout: 60_000 }, async () => {
  const { stdout, stderr } = await runProgram(
    `import { Level } from '@lib/level.ts'
    ${main('await everywhere((level: number) => Level[level], 1)').replace(
      '(fn, ...args)',
      '(fn: unknown, ...args: unknown[])',
    )}`,
    {
      name: 'main.ts',
      execArgv: ['--import', TSX],
      files: {
        'package.json': '{ "type": "module" }',
        'tsconfig.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["lib/*"] } } }',
        'lib/level.ts': 'export enum Level { Low, High }',
      },
    },
  )
  assert.equal(stderr, '')
  assert.deepEqual(stdout.match(/^(thread|process) .*/gm), ['thread High', 'process High'])
})

test('the place of a function by value whose module the worker has loaded too', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await runProgram(
    `import { area, failing } from './shapes.ts'
    ${main(`
      await everywhere(area, 3)
      for (const side of sides) {
        const error = await side.call(failing('x'), []).catch((thrown: Error) => thrown)
        console.log('at', /shapes[.]ts:\\d+:\\d+/.exec(error.stack)?.[0])
      }
    `).replace('(fn, ...args)', '(fn: unknown, ...args: unknown[])')}`,
    {
      name: 'main.ts',
      execArgv: ['--import', TSX],
      files: {
        'package.json': '{ "type": "module" }',
        'shapes.ts': `export interface Shape {
  width: number
  height: number
}
export const area = (x: number): number => x * x

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
  assert.deepEqual(stdout.match(/^(thread|process|at) .*/gm), [
    'thread 9',
    'process 9',
    'at shapes.ts:11:9',
    'at shapes.ts:11:9',
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

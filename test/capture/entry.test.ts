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

test('importing the room loads no parser, no inspector and no vm', async () => {
  const { stdout } = await runProgram(`
    const before = new Set(process.moduleLoadList)
    await import('${CAPTURE}')
    const loaded = process.moduleLoadList.filter(name => !before.has(name))
    console.log(JSON.stringify(loaded.filter(name => /inspector$|NativeModule crypto$/.test(name))))
  `)
  assert.equal(stdout.trim(), '[]')
})

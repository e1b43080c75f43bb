import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Breach, breaches, LEVELS } from './architecture/rules.ts'
import { imports, scan } from './architecture/scan.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

function sourcesOf(folder: string): [path: string, text: string][] {
  const path = join(ROOT, folder)
  if (!existsSync(path)) return []
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => [`${folder}/${name.replaceAll('\\', '/')}`, readFileSync(join(path, name), 'utf8')])
}

test('the tree keeps to the plan of the house', () => {
  const found = breaches(new Map([...sourcesOf('src'), ...sourcesOf('cli')]))
  const list = found.map(({ at, rule, remedy }) => `${at}: ${rule}\n    ${remedy}`)
  assert.equal(found.length, 0, `\n${list.join('\n')}`)
})

test('every room of the tree is on the plan', () => {
  const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).filter(entry => entry.isDirectory())
  for (const { name } of rooms) assert.ok(LEVELS.flat().includes(name), `src/${name} is not in LEVELS`)
})

suite('each rule finds its breach', () => {
  const one = (path: string, text: string): Breach[] => breaches(new Map([[path, text]]))
  const cases: [name: string, path: string, text: string, rule: RegExp][] = [
    ['upwards', 'src/codec/a.ts', "import { x } from '../pool/index.ts'", /codec may not import pool/],
    ['sideways', 'src/link/a.ts', "import type { x } from '../sync/index.ts'", /link may not import sync/],
    ['from the top', 'src/pool/a.ts', "export * from '../index.ts'", /side door|not on the plan/],
    ['side door', 'src/pool/a.ts', "import { x } from '../base/clock.ts'", /enters base by a side door/],
    ['side door of the window', 'src/index.ts', "export { x } from './base/clock.ts'", /side door/],
    ['outside src', 'src/pool/a.ts', "import x from '../../test/x.ts'", /outside src/],
    ['unknown room', 'src/attic/a.ts', "import x from '../base/index.ts'", /attic is not on the plan/],
    [
      'processes',
      'src/pool/a.ts',
      "import { spawn } from 'node:child_process'",
      /child_process may not be used in pool/,
    ],
    ['dynamic import', 'src/pool/a.ts', "await import('node:worker_threads')", /worker_threads/],
    ['bare import', 'src/pool/a.ts', "import 'node:net'", /node:net/],
    ['several lines', 'src/pool/a.ts', "import {\n  a,\n  type b,\n} from 'node:net'", /node:net/],
    ['base', 'src/base/a.ts', "import { tmpdir } from 'node:os'", /base imports node:os/],
    ['package of another room', 'src/pool/a.ts', "import { parse } from 'acorn'", /acorn belongs to capture/],
    ['new package', 'src/pool/a.ts', "import _ from 'lodash/map'", /lodash is not one of the packages/],
    ['module of Node without its prefix', 'src/pool/a.ts', "import fs from 'fs'", /fs is not one/],
    ['itself', 'src/pool/a.ts', "import { Pool } from 'manycore'", /imports the package itself/],
    ['timer', 'src/pool/a.ts', 'setTimeout(f, 1)', /setTimeout is used outside/],
    ['global timer', 'src/pool/a.ts', '  const t = setInterval (f, 1)', /setInterval is used outside/],
    ['clock', 'src/pool/a.ts', 'const t = performance.now()', /performance\.now is used outside/],
    ['date', 'src/pool/a.ts', 'const t = `at ${new Date()}`', /new Date is used outside/],
    ['atomics', 'src/pool/a.ts', 'Atomics.wait(a, 0, 0)', /Atomics is used outside/],
    ['length', 'src/pool/a.ts', 'x\n// y\n\n'.repeat(401), /401 lines/],
    ['command', 'cli/map.ts', "import { x } from '../src/pool/index.ts'", /the command imports a file/],
    ['package of the command', 'cli/map.ts', "import { parse } from 'acorn'", /acorn belongs to capture/],
  ]
  for (const [name, path, text, rule] of cases) {
    test(name, () => {
      const found = one(path, text)
      assert.equal(found.length, 1, JSON.stringify(found))
      assert.match(found[0]?.rule ?? '', rule)
      assert.ok(found[0]?.at.startsWith(`${path}:`))
    })
  }

  test('circle', () => {
    const found = breaches(
      new Map([
        ['src/pool/a.ts', "import { type X, B } from './b.ts'"],
        ['src/pool/b.ts', "export * from './c.ts'"],
        ['src/pool/c.ts', "import './a.ts'"],
      ]),
    )
    assert.deepEqual(
      found.map(({ rule }) => rule),
      ['imports run in a circle: src/pool/a.ts → src/pool/b.ts → src/pool/c.ts → src/pool/a.ts'],
    )
  })

  test('the line of the breach is given', () => {
    const text = "/* setTimeout() */\n\nimport { x } from './b.ts'\nconst wait = () => setTimeout(x, 1)"
    assert.equal(one('src/pool/a.ts', text)[0]?.at, 'src/pool/a.ts:4')
  })
})

suite('what is allowed raises nothing', () => {
  const cases: [name: string, path: string, text: string][] = [
    ['downwards', 'src/pool/a.ts', "import { x } from '../worker/index.ts'\nimport { y } from './y.ts'"],
    ['the window', 'src/index.ts', "export { Pool } from './pool/index.ts'"],
    ['processes where they belong', 'src/link/a.ts', "import { fork } from 'node:child_process'"],
    ['harmless parts of Node', 'src/pool/a.ts', "import { availableParallelism } from 'node:os'"],
    ['a package where it belongs', 'src/capture/a.ts', "import { parse } from 'acorn'"],
    ['the clock itself', 'src/base/clock.ts', 'setTimeout(f, performance.now())'],
    ['turns of the loop', 'src/pool/a.ts', 'setImmediate(f); queueMicrotask(f)'],
    [
      'words in comments and texts',
      'src/pool/a.ts',
      "// setTimeout(f)\nconst s = 'Date.now()' + `Atomics.add(${1})`",
    ],
    ['words in regular expressions', 'src/pool/a.ts', 'const r = /performance.now()[/`]/.test(s)'],
    ['imports in texts', 'src/pool/a.ts', 'const s = "import x from \'node:net\'"'],
    ['a method of the same name', 'src/pool/a.ts', 'clock.setTimeout(1); this.#setInterval(2)'],
    [
      'the command',
      'cli/map.ts',
      "import { Pool } from 'manycore'\nimport { Command } from 'commander'\nsetTimeout(f, 1)",
    ],
  ]
  for (const [name, path, text] of cases) {
    test(name, () => assert.deepEqual(breaches(new Map([[path, text]])), []))
  }

  test('a circle of types, or through a later import, inside a room', () => {
    const found = breaches(
      new Map([
        ['src/pool/a.ts', "import { b } from './b.ts'\nimport { c } from './c.ts'"],
        ['src/pool/b.ts', "import type { A } from './a.ts'"],
        ['src/pool/c.ts', "export const later = () => import('./a.ts')"],
      ]),
    )
    assert.deepEqual(found, [])
  })
})

test('the reader keeps every character in its place', () => {
  const { code, bare } = scan(
    "const a = '🎈' // y\nconst b = `1${ { c: `2${3}` }.c }4` /* z\n*/ + 1 / 2 / 3\nconst r = /[/'\"]/g\n'end'",
  )
  assert.equal(
    code,
    "const a = '🎈'     \nconst b = `1${ { c: `2${3}` }.c }4`     \n   + 1 / 2 / 3\nconst r = /[/'\"]/g\n'end'",
  )
  assert.equal(
    bare,
    "const a = '  '     \nconst b = `  { { c: `  {3}` }.c } `     \n   + 1 / 2 / 3\nconst r = /     /g\n'   '",
  )
  const text = [
    "import a, { b as c } from 'x'",
    "export * as d from './y.ts'",
    "import('z')",
    "import type { E } from 'e'",
    "import type from 't'",
    "import { type F } from 'f'",
  ].join('\n')
  assert.deepEqual(
    imports(scan(text)).map(({ specifier, line, mode }) => `${line} ${specifier} ${mode}`),
    ['1 x static', '2 ./y.ts static', '3 z dynamic', '4 e type', '5 t static', '6 f static'],
  )
})

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, suite, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { runProgram } from '../support/index.ts'
import { type App, installPackage, ROOT } from './install.ts'

const MAIN = `
  const offset = 3
  const Pools = { ThreadPool, Pool }
  for (const [name, Kind] of Object.entries(Pools)) {
    const pool = new Kind(2)
    const results = await pool.map(n => n * n + offset, [1, 2, 3])
    console.log(name, results.join(' '))
    pool.close()
    await pool.join()
  }
`
const TYPED = MAIN.replace('const offset = 3', 'const offset: number = 3').replace(
  '(n =>',
  '((n: number): number =>',
)
const PRINTS = 'ThreadPool 4 7 12\nPool 4 7 12\n'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const STRIPS_TYPES = major > 22 || (major === 22 && minor >= 18)
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
/** A Node that reads types warns about it on some versions; that is not ours. */
const QUIET = { NODE_NO_WARNINGS: '1' }
const TIMEOUT = { timeout: 60_000 }

suite('the packed package, installed elsewhere', () => {
  let app: App
  before(() => {
    app = installPackage()
  }, TIMEOUT)

  const run = async (name: string, source: string, execArgv: string[] = []): Promise<void> => {
    const file = app.write(name, source)
    const { code, stdout, stderr, left, late } = await runProgram(file, {
      cwd: app.path,
      env: QUIET,
      execArgv,
      timeout: 50_000,
    })
    assert.deepEqual({ code, stdout, left, late }, { code: 0, stdout: PRINTS, left: [], late: false }, stderr)
    assert.equal(stderr, '')
  }

  test('holds what runs, its types, its sources, and nothing of the workshop', () => {
    for (const file of [
      'LICENSE',
      'package.json',
      'dist/lib/index.js',
      'dist/src/index.d.ts',
      'src/index.ts',
    ]) {
      assert.ok(app.packed.includes(file), file)
    }
    const foreign = app.packed.filter(
      file =>
        !/^(LICENSE|README\.md|package\.json|src\/.+\.ts|dist\/(lib|cli)\/.+|dist\/src\/.+\.d\.ts)$/.test(
          file,
        ),
    )
    assert.deepEqual(foreign, [])
  })

  test('runs from an ES module', TIMEOUT, () =>
    run('main.mjs', `import { Pool, ThreadPool } from 'manycore'\n${MAIN}`),
  )

  test('runs from CommonJS', TIMEOUT, () =>
    run('main.cjs', `const { Pool, ThreadPool } = require('manycore')\n;(async () => {${MAIN}})()`),
  )

  test(
    'runs from TypeScript whose types Node strips',
    { ...TIMEOUT, skip: STRIPS_TYPES ? false : 'needs Node 22.18' },
    () => run('main.mts', `import { Pool, ThreadPool } from 'manycore'\n${TYPED}`),
  )

  test('runs from TypeScript through tsx', TIMEOUT, () => {
    const loader = pathToFileURL(join(ROOT, 'node_modules/tsx/dist/loader.mjs')).href
    return run('tsx.mts', `import { Pool, ThreadPool } from 'manycore'\n${TYPED}`, ['--import', loader])
  })

  const compile = (files: readonly string[], module: string): void => {
    for (const file of files) {
      app.write(
        file,
        `import { Pool, ThreadPool } from 'manycore'\nexport const main = async () => {${TYPED}}\n`,
      )
    }
    const options = {
      strict: true,
      exactOptionalPropertyTypes: true,
      module,
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
      noEmit: true,
      skipLibCheck: false,
    }
    app.write('tsconfig.json', JSON.stringify({ compilerOptions: options, include: files }))
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', app.path], { encoding: 'utf8' })
    const own = stdout.split('\n').filter(line => !line.includes('@types/node'))
    assert.equal(own.join('\n').trim(), '', stdout)
    assert.ok(status === 0 || stdout.includes('@types/node'))
  }

  for (const [module, ...files] of [
    ['nodenext', 'typed.mts', 'typed.cts'],
    ['node16', 'typed.cts'],
    ['commonjs', 'typed.ts'],
  ] as const) {
    const names = files.join(' and ')
    test(`has types that compile in a project of its own, strictly: ${names}, ${module}`, TIMEOUT, () =>
      compile(files, module),
    )
  }

  test('is found by tools that know no `exports`', () => {
    const home = join(app.path, 'node_modules/manycore')
    const { main, types } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as Record<
      string,
      string
    >
    for (const file of [main, types]) assert.ok(file !== undefined && existsSync(join(home, file)), file)
  })

  test('gives its version by the link that npx runs', TIMEOUT, () => {
    const command = join(app.path, 'node_modules/.bin/manycore')
    const shell = process.platform === 'win32'
    const { status, stdout, stderr } = spawnSync(command, ['--version'], { shell, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    assert.equal(stdout.trim(), version)
  })
})

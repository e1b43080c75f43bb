import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gone, tempDir } from '../support/index.ts'

interface FileResult {
  readonly results: readonly { path: readonly string[]; suite: boolean; outcome: string; error?: string }[]
  readonly problems: readonly string[]
  readonly output: string
}
type RunTestFile = (file: string, options: { node: string; deadline: number }) => Promise<FileResult>

const SCRIPT = new URL('../../../scripts/lib/run-test-file.js', import.meta.url).href
const { runTestFile } = (await import(SCRIPT)) as { runTestFile: RunTestFile }
const LINUX = process.platform === 'linux' ? false : 'needs /proc'

async function run(source: string, deadline = 20_000): Promise<FileResult & { folder: string }> {
  const folder = tempDir()
  const imports = "import assert from 'node:assert'; import { describe, test } from 'node:test'\n"
  const file = folder.write('some.test.mjs', imports + source)
  return { ...(await runTestFile(file, { node: process.execPath, deadline })), folder: folder.path }
}

test('each test has the path of its suites and its outcome', { timeout: 60_000 }, async () => {
  const { results, problems } = await run(`
    describe('threads', () => {
      test('fine', () => {})
      test('wrong', () => assert.equal(1, 2))
      test.skip('left out', () => {})
    })
    test('outer', t => t.test('inner', () => {}))`)
  const tests = results.filter(result => !result.suite)
  assert.deepEqual(
    tests.map(result => `${result.path.join(' › ')}: ${result.outcome}`),
    [
      'threads › fine: pass',
      'threads › wrong: fail',
      'threads › left out: skipped',
      'outer › inner: pass',
      'outer: pass',
    ],
  )
  assert.match(tests[1]?.error ?? '', /^AssertionError .*: 1 == 2\n    at /)
  assert.deepEqual(problems, [])
})

test('a file that fails outside its tests, or has none, is a problem', { timeout: 60_000 }, async () => {
  const thrown = await run(`throw new Error('no luck')`)
  assert.deepEqual(thrown.problems, ['failed outside its tests; what it printed says why'])
  assert.match(thrown.output, /no luck/)
  assert.deepEqual((await run('')).problems, ['has no test that ended'])
})

test('a late file says what it waited for and is ended with its processes', {
  timeout: 60_000,
  skip: LINUX,
}, async () => {
  const { problems, folder } = await run(
    `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs'
     test('in time', () => {})
     test('for ever', async () => {
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 999)'], { env: {} })
       writeFileSync(new URL('pid', import.meta.url), String(child.pid))
       await new Promise(() => setInterval(() => {}, 999))
     })`,
    1500,
  )
  assert.equal(problems[0], 'missed its deadline of 1500 ms')
  assert.equal(problems[1], 'still running: for ever')
  assert.ok(
    problems.some(line => /^process \d+ \(.\): .*setInterval/.test(line)),
    problems.join('\n'),
  )
  await gone(Number(readFileSync(join(folder, 'pid'), 'utf8')))
})

test('a process left behind is a problem and is ended', { timeout: 60_000, skip: LINUX }, async () => {
  const { problems, output } = await run(
    `import { spawn } from 'node:child_process'
     test('starts one', () => {
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 999)'], { detached: true, stdio: 'ignore' })
       console.log('pid', child.pid)
       child.unref()
     })`,
  )
  assert.equal(problems.length, 1)
  assert.match(problems[0] ?? '', /^left a process behind: \d+ .*setInterval/)
  await gone(Number(/pid (\d+)/.exec(output)?.[1]))
})

test('a temporary file left behind is a problem and is removed', { timeout: 60_000 }, async () => {
  const { problems, output } = await run(
    `import { writeFileSync } from 'node:fs'; import { tmpdir } from 'node:os'
     test('writes one', () => { writeFileSync(tmpdir() + '/manycore-x', ''); console.log('in', tmpdir()) })`,
  )
  assert.deepEqual(problems, ['left a temporary file behind: manycore-x'])
  const folder = /in (.*)/.exec(output)?.[1] ?? ''
  assert.ok(folder.length > 3 && !existsSync(folder))
})

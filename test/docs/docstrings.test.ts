import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { exampleProgram, examplesOf, runCode } from './code-in-docs.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const exportsOf = async (file: string): Promise<string[]> =>
  Object.keys((await import(pathToFileURL(file).href)) as object)

const publicNames = Object.keys(await import('manycore'))
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(name =>
  name.endsWith('.ts'),
)

for (const source of sources.toSorted()) {
  for (const { line, code } of examplesOf(readFileSync(join(ROOT, 'src', source), 'utf8'))) {
    test(`the example of src/${source}:${line} runs`, { timeout: 40_000 }, async () => {
      const module = join(ROOT, 'dist/src', source.replace(/\.ts$/, '.js'))
      const program = exampleProgram(code, { publicNames, internal: await exportsOf(module), module })
      const done = await runCode(program)
      assert.deepEqual(
        { code: done.code, left: done.left },
        { code: 0, left: [] },
        `${program}\n${done.stderr}`,
      )
    })
  }
}

suite('reading docstrings', () => {
  test('finds every example, without its margin', () => {
    const source = `
/** Adds. @param a one */
export function add() {}
/**
 * Twice.
 * @example
 * twice(2)   // 4
 *   .valueOf()
 * @example twice(3)
 * @returns a number
 */
export function twice() {}
/** @example once() */`
    assert.deepEqual(examplesOf(source), [
      { line: 4, code: 'twice(2)   // 4\n  .valueOf()' },
      { line: 4, code: 'twice(3)' },
      { line: 13, code: 'once()' },
    ])
  })

  test('imports what an example uses and does not declare', () => {
    const names = { publicNames: ['Pool', 'Thread'], internal: ['Pool', 'helper'], module: '/x/y.js' }
    const program = exampleProgram('const Thread = 1\nnew Pool(helper)', names)
    assert.match(program, /^import \{ Pool \} from 'manycore'$/m)
    assert.match(program, /^import \{ helper \} from 'file:\/\/\/x\/y\.js'$/m)
  })

  test('holds a line to the value in its comment', { timeout: 40_000 }, async () => {
    const names = { publicNames: [], internal: [], module: '/x/y.js' }
    const right = await runCode(
      exampleProgram('const a = 1   // one\na + 1   // 2\n[a].map(x => x)  // [1]', names),
    )
    assert.equal(right.code, 0, right.stderr)
    const wrong = await runCode(exampleProgram('Promise.resolve(1)   // 2', names))
    assert.equal(wrong.code, 1)
    assert.match(wrong.stderr, /1 !== 2/)
  })
})

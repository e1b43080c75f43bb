import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, suite, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { exampleProgram, examplesOf, runCode } from './code-in-docs.ts'
import { type Part, runInTurn } from './in-turn.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const exportsOf = async (file: string): Promise<string[]> =>
  Object.keys((await import(pathToFileURL(file).href)) as object)

const publicNames = Object.keys(await import('manycore'))
const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(name =>
  name.endsWith('.ts'),
)

const examples = await Promise.all(
  sources.toSorted().flatMap(source =>
    examplesOf(readFileSync(join(ROOT, 'src', source), 'utf8')).map(async ({ line, code }) => {
      const module = join(ROOT, 'dist/src', source.replace(/\.ts$/, '.js'))
      const internal = await exportsOf(module)
      return { at: `src/${source}:${line}`, code: exampleProgram(code, { publicNames, internal, module }) }
    }),
  ),
)

suite('the examples', () => {
  let fine: ReadonlySet<Part>
  before(
    async () => {
      fine = await runInTurn(examples)
    },
    { timeout: 200_000 },
  )

  for (const example of examples) {
    test(`of ${example.at} runs`, { timeout: 40_000 }, async () => {
      if (fine.has(example)) return
      const { code, left, stderr } = await runCode(example.code)
      assert.deepEqual({ code, left }, { code: 0, left: [] }, `${example.code}\n${stderr}`)
    })
  }
})

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

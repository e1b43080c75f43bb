import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { blocksOf, runCode } from './code-in-docs.ts'
import { EACH_ALONE, type Part, runInTurn } from './in-turn.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const pages = ['README.md', ...list('docs'), ...list('docs/guides')].filter(page =>
  existsSync(join(ROOT, page)),
)

function list(folder: string): string[] {
  const path = join(ROOT, folder)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter(name => name.endsWith('.md'))
    .map(name => `${folder}/${name}`)
}

for (const page of pages) {
  const blocks = blocksOf(readFileSync(join(ROOT, page), 'utf8'))
  if (blocks.length === 0) continue
  suite(page, () => {
    let fine: ReadonlySet<Part>
    before(
      async () => {
        fine = await runInTurn(blocks.filter(block => block.notRun === undefined))
      },
      { timeout: 200_000 },
    )

    for (const [index, block] of blocks.entries()) {
      const skip = block.notRun ?? false
      test(`${page}:${block.line} runs as printed`, { timeout: 40_000, skip }, async () => {
        if (fine.has(block)) return
        const named = blocks.slice(0, index + 1).filter(({ name }) => name !== undefined)
        const { code, stdout, stderr, left } = await runCode(block.code, {
          files: Object.fromEntries(named.map(one => [one.name, one.code])),
          ...(block.name === undefined ? {} : { name: block.name }),
        })
        assert.deepEqual({ code, left }, { code: 0, left: [] }, stderr)
        if (block.prints !== undefined) assert.equal(stdout.trim(), block.prints.trim())
      })
    }
  })
}

suite('reading a page', () => {
  const page = [
    '# Title',
    '```js',
    '// two.mjs',
    'export const two = 2',
    '```',
    'and',
    '```ts',
    "import { two } from './two.mjs'",
    'const n: number = two; console.log(n)',
    '```',
    'prints',
    '```text',
    '2',
    '```',
    '<!-- not run: needs a server -->',
    '```js',
    'connect()',
    '```',
    '```sh',
    'npm install',
    '```',
  ].join('\n')
  const blocks = blocksOf(page)

  test('finds the programs, their names, their output, and what is not run', () => {
    assert.deepEqual(
      blocks.map(({ line, language, name, prints, notRun }) => ({ line, language, name, prints, notRun })),
      [
        { line: 2, language: 'js', name: 'two.mjs', prints: undefined, notRun: undefined },
        { line: 7, language: 'ts', name: undefined, prints: '2\n', notRun: undefined },
        { line: 15, language: 'js', name: undefined, prints: undefined, notRun: 'needs a server' },
      ],
    )
  })

  test('runs TypeScript with the files named before', { timeout: 40_000 }, async () => {
    const done = await runCode(blocks[1]?.code ?? '', { files: { 'two.mjs': blocks[0]?.code ?? '' } })
    assert.deepEqual([done.code, done.stdout], [0, '2\n'], done.stderr)
  })

  test('of programs in turn, gives those that did as they should', {
    timeout: 80_000,
    skip: EACH_ALONE,
  }, async () => {
    const [one, three] = [{ code: 'console.log(1)', prints: '1\n' }, { code: 'console.log(3)' }]
    const wrong = [{ code: 'console.log(2)', prints: '1\n' }, { code: "throw new Error('no')" }]
    assert.deepEqual(await runInTurn([one, ...wrong, three]), new Set([one, three]))
    const ends = { code: 'process.exit(1)' }
    assert.deepEqual(await runInTurn([one, ends]), new Set())
  })
})

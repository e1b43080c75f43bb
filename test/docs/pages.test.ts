import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { blocksOf, runCode } from './code-in-docs.ts'

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
  const files: Record<string, string> = {}
  for (const block of blocksOf(readFileSync(join(ROOT, page), 'utf8'))) {
    if (block.name) files[block.name] = block.code
    const skip = block.notRun === undefined ? false : block.notRun
    test(`${page}:${block.line} runs as printed`, { timeout: 40_000, skip }, async () => {
      const { code, stdout, stderr, left } = await runCode(block.code, {
        files,
        ...(block.name === undefined ? {} : { name: block.name }),
      })
      assert.deepEqual({ code, left }, { code: 0, left: [] }, stderr)
      if (block.prints !== undefined) assert.equal(stdout.trim(), block.prints.trim())
    })
  }
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
})

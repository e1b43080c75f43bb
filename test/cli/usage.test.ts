import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { before, describe, it } from 'node:test'
import { tempDir } from '../support/index.ts'
import { manycore } from './support.ts'

describe('manycore, called wrongly or for help', { timeout: 60_000 }, () => {
  const folder = tempDir()
  let work: string
  before(() => {
    work = folder.write('work.mjs', 'export const describeFile = x => x, twin = x => x, limit = 1')
    folder.write('never.mjs', 'await new Promise(() => {})\nexport default x => x')
    folder.write('exits.mjs', 'process.exit(0)\nexport default x => x')
  })

  const wrong: [string, (work: string) => string[], RegExp][] = [
    ['a typo in the export', file => ['map', `${file}#describFile`, 'a'], /did you mean describeFile\?/],
    ['an unknown module', () => ['map', './gone.mjs#x', 'a'], /can't find the module \.\/gone\.mjs/],
    [
      'an export that is no function',
      file => ['map', `${file}#limit`, 'a'],
      /limit of .* is no function: it is number/,
    ],
    [
      'a misspelt export',
      file => ['map', `${file}#twiin`, 'a'],
      /has no export twiin; did you mean twin\?\n\s+It has describeFile, limit, twin/,
    ],
    ['no module', () => ['map', '', 'a'], /no module is named by ''\n/],
    ['an export of no module', () => ['map', '#twin', 'a'], /no module is named by '#twin'\n/],
    [
      'a module that never loads',
      file => ['map', join(dirname(file), 'never.mjs'), 'a'],
      /it waits at its top level/,
    ],
    [
      'a module that exits',
      file => ['map', join(dirname(file), 'exits.mjs'), 'a'],
      /exits\.mjs ended the command while/,
    ],
    [
      'the same to explain',
      file => ['explain', join(dirname(file), 'exits.mjs')],
      /exits\.mjs ended the command while/,
    ],
    ['no inputs', file => ['map', `${file}#describeFile`], /there is nothing to run .* over\n.*--lines/],
    ['no function', () => ['map'], /missing required argument 'module\[#export\]'/],
    [
      'no workers',
      file => ['map', file, 'a', '-w', '0'],
      /'0' is invalid. It must be a whole number of at least 1/,
    ],
    ['a negative timeout', file => ['map', file, 'a', '--timeout=-5'], /'-5' is invalid/],
    ['half a retry', file => ['map', file, 'a', '--retries', '0.5'], /'0.5' is invalid/],
    [
      'an unknown option',
      file => ['map', file, 'a', '--jsno'],
      /unknown option '--jsno'\n\(Did you mean --json\?\)/,
    ],
    ['an unknown command', () => ['mpa'], /unknown command 'mpa'\n\(Did you mean map\?\)/],
    [
      'no such lines',
      file => ['map', `${file}#describeFile`, '--lines', '/no/lines'],
      /can't read the lines of/,
    ],
    [
      'the lines of a directory',
      file => ['map', `${file}#describeFile`, '--lines', dirname(file)],
      /can't read the lines of .*: it is a directory\n/,
    ],
    [
      'no such journal',
      file => ['map', `${file}#describeFile`, 'a', '--journal', '/no/j'],
      /can't open the journal/,
    ],
  ]
  for (const [what, args, message] of wrong) {
    it(`${what}: exit code 2 and a message that helps`, async () => {
      const { code, stdout, stderr } = await manycore(args(work))
      assert.match(stderr, message)
      assert.doesNotMatch(stderr, /\n\s+at /, 'it printed a stack')
      assert.equal(stdout, '')
      assert.equal(code, 2)
    })
  }

  it('--help shows the commands, map --help its options and examples', async () => {
    const main = await manycore(['--help'])
    assert.match(main.stdout, /Commands:\n\s+map .*\n(.*\n)*\s+info/)
    assert.equal(main.code, 0)
    const map = await manycore(['map', '--help'])
    assert.match(map.stdout, /--journal <file>/)
    assert.match(map.stdout, /Examples:\n/)
    assert.equal(map.code, 0)
  })

  it('--version prints the version of the package', async () => {
    const { code, stdout } = await manycore(['--version'])
    assert.match(stdout, /^\d+\.\d+\.\d+\S*\n$/)
    assert.equal(code, 0)
  })

  it('explain prints how a function travels, as text and as JSON', async () => {
    const { code, stdout } = await manycore(['explain', `${work}#twin`])
    assert.match(stdout, /^twin: function, by reference .*work\.mjs#twin/)
    assert.equal(code, 0)
    const report = JSON.parse((await manycore(['explain', `${work}#twin`, '--json'])).stdout) as {
      root: unknown
    }
    assert.equal((report.root as { way: string }).way, 'by reference')
    assert.equal((await manycore(['explain', `${work}#twine`])).code, 2)
  })

  it('info prints what was found here, as text and as JSON', async () => {
    const { code, stdout } = await manycore(['info'])
    assert.equal(code, 0)
    assert.match(stdout, /^manycore\s+\d/)
    assert.match(stdout, /usable CPUs\s+\d+\n/)
    const facts = JSON.parse((await manycore(['info', '--json'])).stdout) as Record<string, unknown>
    assert.ok(Number(facts['usable CPUs']) >= 1)
    assert.ok(String(facts['node']).startsWith(process.versions.node))
  })
})

import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { before, describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { type ProgramResult, tempDir } from '../support/index.ts'
import { type Given, severalCommands } from './several.ts'
import { manycore } from './support.ts'

describe('manycore, called wrongly or for help', { timeout: 60_000 }, () => {
  const folder = tempDir()
  const work = folder.write('work.mjs', 'export const describeFile = x => x, twin = x => x, limit = 1')
  folder.write('never.mjs', 'await new Promise(() => {})\nexport default x => x')
  folder.write('exits.mjs', 'process.exit(0)\nexport default x => x')

  type Wrong = [what: string, args: (work: string) => string[], message: RegExp]
  const ofTheirOwn: Wrong[] = [
    ['a typo in the export', file => ['map', `${file}#describFile`, 'a'], /did you mean describeFile\?/],
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
  ]
  const inOneProgram: Wrong[] = [
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
    ['no inputs', file => ['map', `${file}#describeFile`], /there is nothing to run .* over\n.*--lines/],
    ['no function', () => ['map'], /missing required argument 'module\[#export\]'/],
    [
      'no workers',
      file => ['map', file, 'a', '-w', '0'],
      /'0' is invalid. It must be a whole number of at least 1/,
    ],
    ['a negative timeout', file => ['map', file, 'a', '--timeout=-5'], /'-5' is invalid/],
    [
      'lots at a time',
      file => ['map', file, 'a', '--concurrency', 'lots'],
      /whole number of at least 1, or auto/,
    ],
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
    [
      'no such trace',
      file => ['map', `${file}#describeFile`, 'a', '--trace', '/no/trace.json'],
      /^manycore: the trace \/no\/trace\.json could not be written: ENOENT/,
    ],
  ]
  const helpful = ({ code, stdout, stderr }: Pick<ProgramResult, keyof Given>, message: RegExp): void => {
    assert.match(stderr, message)
    assert.doesNotMatch(stderr, /\n\s+at /, 'it printed a stack')
    assert.equal(stdout, '')
    assert.equal(code, 2)
  }
  const answer = 'exit code 2 and a message that helps'

  for (const [what, args, message] of ofTheirOwn) {
    it(`${what}: ${answer}`, async () => helpful(await manycore(args(work)), message))
  }

  describe('in one program', () => {
    const asked = [
      ...inOneProgram.map(([, args]) => args(work)),
      ['explain', `${work}#twin`],
      ['explain', `${work}#twin`, '--json'],
      ['explain', `${work}#twine`],
      ['info'],
      ['info', '--json'],
      ['--help'],
      ['map', '--help'],
    ]
    let given: Given[]
    before(async () => {
      given = await severalCommands(asked)
    })
    const answerTo = (...args: string[]): Given =>
      given[asked.findIndex(one => isDeepStrictEqual(one, args))] as Given

    for (const [what, args, message] of inOneProgram) {
      it(`${what}: ${answer}`, () => helpful(answerTo(...args(work)), message))
    }

    it('explain prints how a function travels, as text and as JSON', () => {
      const text = answerTo('explain', `${work}#twin`)
      assert.match(text.stdout, /^twin: function, by reference .*work\.mjs#twin/)
      assert.equal(text.code, 0)
      const report = JSON.parse(answerTo('explain', `${work}#twin`, '--json').stdout) as {
        root: { way: string }
      }
      assert.equal(report.root.way, 'by reference')
      assert.equal(answerTo('explain', `${work}#twine`).code, 2)
    })

    it('info prints what was found here, as text and as JSON', () => {
      const { code, stdout } = answerTo('info')
      assert.equal(code, 0)
      assert.match(stdout, /^manycore\s+\d/)
      assert.match(stdout, /usable CPUs\s+\d+\n/)
      const facts = JSON.parse(answerTo('info', '--json').stdout) as Record<string, unknown>
      assert.ok(Number(facts['usable CPUs']) >= 1)
      assert.ok(String(facts['node']).startsWith(process.versions.node))
    })

    it('--help shows the commands, map --help its options and examples', () => {
      const main = answerTo('--help')
      assert.match(main.stdout, /Commands:\n\s+map .*\n(.*\n)*\s+info/)
      assert.equal(main.code, 0)
      const map = answerTo('map', '--help')
      assert.match(map.stdout, /--journal <file>/)
      assert.match(map.stdout, /Examples:\n/)
      assert.equal(map.code, 0)
    })
  })

  it('--version prints the version of the package', async () => {
    const { code, stdout } = await manycore(['--version'])
    assert.match(stdout, /^\d+\.\d+\.\d+\S*\n$/)
    assert.equal(code, 0)
  })
})

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { findTarget, loadTarget, parseReference } from '../../cli/target.ts'
import { WrongUsage } from '../../cli/wrong-usage.ts'
import { tempDir } from '../support/index.ts'

describe('module#export', { timeout: 20_000 }, () => {
  const folder = tempDir()
  let work: string
  before(() => {
    work = folder.write(
      'work.mjs',
      'export const up = s => s.toUpperCase()\nexport const limit = 3\nexport default s => s.length\n',
    )
  })

  async function refusal(reference: string): Promise<string> {
    const error: unknown = await findTarget(reference).catch((thrown: unknown) => thrown)
    assert.ok(error instanceof WrongUsage, `${reference} gave ${String(error)}`)
    return error.message
  }

  async function call(reference: string, input: string): Promise<unknown> {
    const { target, fn } = await findTarget(reference)
    const result = await fn(input)
    assert.deepEqual(await (await loadTarget(target))(input), result)
    return result
  }

  it('is read at the last #', () => {
    assert.deepEqual(parseReference('a#b/work.js#up'), { specifier: 'a#b/work.js', name: 'up' })
    assert.deepEqual(parseReference('work.js'), { specifier: 'work.js', name: undefined })
    assert.deepEqual(parseReference('work.js#'), { specifier: 'work.js', name: undefined })
  })

  it('finds exports of files, packages, built-ins and data URLs', async () => {
    const { target } = await findTarget(`${work}#up`)
    assert.deepEqual(target, { module: work, name: 'up' })
    assert.equal(await call(`${work}#up`, 'abc'), 'ABC')
    assert.equal(await call(work, 'abc'), 3)
    assert.equal(await call('path#basename', 'a/b'), 'b')
    assert.equal(await call('node:path#basename', 'a/b'), 'b')
    assert.equal(await call('tinyglobby#isDynamicPattern', '*'), true)
    assert.equal(await call('data:text/javascript,export default x => x + x', 'a'), 'aa')
  })

  it('without a name means the default export, or the only function', async () => {
    const file = folder.write('only.mjs', 'export const limit = 1, twice = s => s + s')
    assert.equal(await call(file, 'ab'), 'abab')
    assert.equal((await findTarget(file)).target.name, 'twice')
  })

  it('knows the default export of what was compiled to CommonJS', async () => {
    const compiled = 'exports.__esModule = true\nexports.helper = s => s\nexports.default = s => s + s\n'
    const file = folder.write('compiled.cjs', compiled)
    assert.equal(await call(file, 'ab'), 'abab')
    assert.equal(await call(`${file}#default`, 'ab'), 'abab')
    assert.equal(await call(`${file}#helper`, 'ab'), 'ab')
    assert.match(await refusal(`${file}#defualt`), /did you mean default\?\n {2}It has helper, default\.$/)
    const without = folder.write('without.cjs', 'exports.one = s => s\nexports.two = s => s\n')
    assert.match(
      await refusal(without),
      /^the default export of .*without\.cjs is no function\n {2}It has default, one, two\.$/,
    )
  })

  it('says what there is when the export is missing', async () => {
    assert.match(
      await refusal(`${work}#upp`),
      /has no export upp; did you mean up\?\n {2}It has default, limit, up\./,
    )
    const file = folder.write('constants.mjs', 'export const one = 1')
    assert.match(await refusal(file), /has no default export\n {2}It has one\./)
  })

  it('says what the export is when it is no function', async () => {
    assert.match(await refusal(`${work}#limit`), /limit of .*work\.mjs is no function: it is number/)
  })

  it('says where it looked for a missing module', async () => {
    assert.match(
      await refusal('./nope.js#x'),
      /can't find the module \.\/nope\.js\n {2}There is no file .*nope\.js/,
    )
    assert.match(await refusal('no-such-package#x'), /can't find the module no-such-package/)
  })

  it('passes on why a module does not load', async () => {
    const broken = folder.write('broken.mjs', 'export const = 1')
    assert.match(await refusal(broken), /broken\.mjs can't be loaded: Unexpected token/)
    const throws = folder.write('throws.mjs', "throw new Error('no key')")
    assert.match(await refusal(throws), /can't be loaded: no key/)
    const importer = folder.write('importer.mjs', "import './gone.mjs'")
    assert.match(await refusal(importer), /importer\.mjs can't be loaded: Cannot find module .*gone\.mjs/)
  })

  it('says what to do about TypeScript that this Node does not load', async () => {
    const file = folder.write(
      'shapes.ts',
      'export enum Shape { Round }\nexport const area = (n: string) => n',
    )
    // Every Node that this runs on refuses an enum, or TypeScript as a whole.
    assert.match(await refusal(`${file}#area`), /can't load the TypeScript of .*\n.*22\.18.*\n.*--import tsx/)
  })
})

import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { findTarget, loadTarget, parseReference } from '../../cli/load-export.ts'
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

  it('is read at the last #', () => {
    assert.deepEqual(parseReference('a#b/work.js#up'), { specifier: 'a#b/work.js', name: 'up' })
    assert.deepEqual(parseReference('work.js'), { specifier: 'work.js', name: 'default' })
    assert.deepEqual(parseReference('work.js#'), { specifier: 'work.js', name: 'default' })
  })

  it('finds exports of files, packages, built-ins and data URLs', async () => {
    const up = await findTarget(`${work}#up`)
    assert.deepEqual(up, { module: pathToFileURL(work).href, name: 'up' })
    assert.equal((await loadTarget(up))('abc'), 'ABC')
    assert.equal((await loadTarget(await findTarget(work)))('abc'), 3)
    assert.equal((await loadTarget(await findTarget('path#basename')))('a/b'), 'b')
    assert.equal((await loadTarget(await findTarget('node:path#basename')))('a/b'), 'b')
    assert.match((await findTarget('tinyglobby#isDynamicPattern')).module, /^file:.*tinyglobby/)
    await findTarget('data:text/javascript,export default () => 1')
  })

  it('finds the members of a CommonJS module that is filled at run time', async () => {
    const file = folder.write('filled.cjs', "module.exports = Object.fromEntries([['twice', s => s + s]])")
    assert.equal((await loadTarget(await findTarget(`${file}#twice`)))('ab'), 'abab')
    assert.match(
      await refusal(`${file}#twise`),
      /no export twise; did you mean twice\?\n.*functions: twice\./,
    )
  })

  it('says which functions there are when the export is missing', async () => {
    const text = await refusal(`${work}#upp`)
    assert.match(text, /has no export upp; did you mean up\?/)
    assert.match(text, /Its functions: default, up\./)
    const file = folder.write('constants.mjs', 'export const one = 1')
    assert.match(await refusal(file), /has no default export\n\s+It exports no function/)
  })

  it('says what the export is when it is no function', async () => {
    assert.match(await refusal(`${work}#limit`), /limit of .* is a number, and a function is needed/)
    const file = folder.write('nothing.mjs', 'export const nothing = null, list = [1]')
    assert.match(await refusal(`${file}#nothing`), /nothing of .* is null/)
    assert.match(await refusal(`${file}#list`), /list of .* is an object/)
  })

  it('says where it looked for a missing module', async () => {
    assert.match(
      await refusal('./nope.js#x'),
      /can't find the module \.\/nope\.js\n\s+There is no file .*nope\.js/,
    )
    assert.match(await refusal('no-such-package#x'), /can't find the module no-such-package/)
  })

  it('passes on why a module does not load', async () => {
    assert.match(
      await refusal(folder.write('broken.mjs', 'export const = 1')),
      /broken\.mjs can't be loaded: Unexpected token/,
    )
    assert.match(
      await refusal(folder.write('throws.mjs', "throw new Error('no key')")),
      /can't be loaded: no key/,
    )
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

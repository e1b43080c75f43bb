import assert from 'node:assert/strict'
import { realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { addressOf } from '../../../cli/map/address.ts'
import { tempDir } from '../../support/index.ts'
import { manycore } from '../support.ts'

describe('the address of a module', { timeout: 60_000 }, () => {
  const folder = tempDir()
  const home = process.cwd()
  let base: string
  let path: (name: string) => string
  let url: (name: string) => string
  beforeEach(() => {
    base = realpathSync(folder.path)
    path = name => join(base, name)
    url = name => pathToFileURL(path(name)).href
    for (const project of ['one', 'two']) {
      folder.write(`${project}/package.json`, `{ "name": "${project}", "exports": "./main.mjs" }`)
      folder.write(
        `${project}/node_modules/pk/package.json`,
        '{ "name": "pk", "type": "module", "exports": "./i.js" }',
      )
      folder.write(
        `${project}/node_modules/pk/i.js`,
        `export const f = x => '${project} ' + x\nexport const g = f`,
      )
      folder.write(`${project}/node_modules/@our/pk/package.json`, '{}')
      folder.write(`${project}/sub/note.txt`, '')
    }
    process.chdir(path('one'))
  })
  afterEach(() => process.chdir(home))

  it('of a file is its full URL, however it is written', () => {
    const file = folder.write('a b.mjs', '')
    for (const way of [file, '../a b.mjs', '../one/../a b.mjs', pathToFileURL(file).href, url('a b.mjs')]) {
      assert.equal(addressOf(way), url('a b.mjs'))
    }
    assert.equal(addressOf(`${url('a b.mjs')}?v=1`), `${url('a b.mjs')}?v=1`)
    assert.equal(addressOf('./gone.mjs'), url('one/gone.mjs'))
  })

  it('of a link is where it leads', { skip: process.platform === 'win32' }, () => {
    folder.write('real.mjs', '')
    symlinkSync('real.mjs', path('link.mjs'))
    assert.equal(addressOf('../link.mjs'), url('real.mjs'))
  })

  it('of a module of Node is its name with node:, and of data what it is', () => {
    assert.equal(addressOf('path'), 'node:path')
    assert.equal(addressOf('node:path/posix'), 'node:path/posix')
    assert.equal(addressOf('data:text/javascript,1'), 'data:text/javascript,1')
  })

  it('of a package is the folder that it is found in from here', () => {
    assert.equal(addressOf('pk'), url('one/node_modules/pk'))
    assert.equal(addressOf('pk/deep/er.js'), url('one/node_modules/pk/deep/er.js'))
    assert.equal(addressOf('@our/pk/x'), url('one/node_modules/@our/pk/x'))
    assert.equal(addressOf('one'), url('one'))
    assert.equal(addressOf('#inner'), `${url('one')}/#inner`)
    process.chdir(path('one/sub'))
    assert.equal(addressOf('pk'), url('one/node_modules/pk'))
    process.chdir(path('two'))
    assert.equal(addressOf('pk'), url('two/node_modules/pk'))
    assert.equal(addressOf('one'), `one from ${url('two')}`)
  })

  it('keeps the results of a package apart from those of another of its name', async () => {
    const journal = path('journal.ndjson')
    const run = (cwd: string, name = 'pk#f') =>
      manycore(['map', name, 'a', '--journal', journal], { cwd: path(cwd) })
    assert.equal((await run('one')).stdout, 'one a\n')
    const again = await run('one/sub')
    assert.equal(again.stdout, 'one a\n')
    assert.match(again.stderr, /1 read from the journal/)
    for (const other of [await run('two'), await run('one', 'pk#g')]) {
      assert.match(other.stderr, /belongs to another function\n {2}it records file:.*one.*pk#f\n/)
      assert.equal(other.stdout, '')
      assert.equal(other.code, 2)
    }
  })
})

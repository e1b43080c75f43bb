import assert from 'node:assert/strict'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { checkSource, countInputs, type InputSource, readInputs } from '../../../cli/map/inputs.ts'
import { WrongUsage } from '../../../cli/wrong-usage.ts'
import { tempDir } from '../../support/index.ts'

const never = new AbortController().signal
const nothing: InputSource = { patterns: [], literals: [], lines: undefined }

describe('inputs', { timeout: 20_000 }, () => {
  const folder = tempDir()
  const at = (name: string): string => join(folder.path, name)
  const notes: string[] = []
  before(() => {
    for (const name of ['b.txt', 'a.txt', '.hidden', 'deep/er/c.txt', 'deep/a.md', '[id].ts', 'i.ts']) {
      folder.write(name, name)
    }
    symlinkSync(folder.path, at('circle'))
    symlinkSync(at('a.txt'), at('link.txt'))
  })

  async function read(source: Partial<InputSource>): Promise<string[]> {
    const inputs: string[] = []
    const items = readInputs({ ...nothing, ...source }, never, text => notes.push(text))
    for await (const { input } of items) inputs.push(input.replace(`${folder.path}/`, ''))
    return inputs
  }

  it('are plain text unless a directory or a glob is meant', async () => {
    assert.deepEqual(await read({ patterns: ['12', 'no such file', at('a.txt')] }), [
      '12',
      'no such file',
      'a.txt',
    ])
    assert.deepEqual(await read({ patterns: ['https://example.org/?q=[1]'] }), ['https://example.org/?q=[1]'])
  })

  it('of a directory are all files below, sorted, hidden ones too, links left out', async () => {
    const files = ['.hidden', '[id].ts', 'a.txt', 'b.txt', 'deep/a.md', 'deep/er/c.txt', 'i.ts']
    assert.deepEqual(await read({ patterns: [folder.path] }), files)
  })

  it('of a glob are the files that match, sorted, links left out', async () => {
    assert.deepEqual(await read({ patterns: [at('**/*.txt')] }), ['a.txt', 'b.txt', 'deep/er/c.txt'])
    assert.deepEqual(await read({ patterns: [at('{b,a}.txt')] }), ['a.txt', 'b.txt'])
  })

  it('a file that is there is meant, whatever its name looks like', async () => {
    assert.deepEqual(await read({ patterns: [at('[id].ts')] }), ['[id].ts'])
  })

  it('a glob without a match is passed on, and noted', async () => {
    notes.length = 0
    assert.deepEqual(await read({ patterns: ['what is 2*3?'] }), ['what is 2*3?'])
    assert.deepEqual(notes, ['no file matches what is 2*3?; it is passed on as it is'])
  })

  it('after -- are taken as they are', async () => {
    assert.deepEqual(await read({ literals: ['*', '.', '--x'] }), ['*', '.', '--x'])
  })

  it('of a file are its lines, whatever their ends', async () => {
    const lines = folder.write('lines', 'one\r\ntwo\n\nfoür\nlast')
    assert.deepEqual(await read({ lines }), ['one', 'two', '', 'foür', 'last'])
    assert.deepEqual(await read({ lines: folder.write('lines', 'one\n') }), ['one'])
    assert.deepEqual(await read({ lines: folder.write('lines', '') }), [])
  })

  it('lines and letters may be cut anywhere by the chunks of a stream', async () => {
    const long = Array.from({ length: 3000 }, (_, i) => 'ü€😀'.repeat(i % 40))
    const lines = folder.write('long', `${long.join('\n')}\n`)
    assert.deepEqual(await read({ lines }), long)
  })

  it('arguments come before lines', async () => {
    const lines = folder.write('lines', 'c\n')
    assert.deepEqual(await read({ patterns: ['a'], literals: ['b'], lines }), ['a', 'b', 'c'])
  })

  it('are counted where that takes no input away', async () => {
    const lines = folder.write('three', 'a\nb\nc\n')
    assert.equal(await countInputs({ ...nothing, patterns: [at('deep')], lines }, never), 5)
    assert.equal(await countInputs({ ...nothing, lines: '-' }, never), undefined)
    assert.equal(await countInputs({ ...nothing, lines: '/dev/null' }, never), undefined)
  })

  it('a file of lines that is not there is wrong usage', async () => {
    await assert.rejects(checkSource({ ...nothing, lines: at('nope') }), WrongUsage)
    await checkSource({ ...nothing, lines: '-' })
  })
})

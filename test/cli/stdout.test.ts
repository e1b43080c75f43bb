import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { tempDir } from '../support/index.ts'
import { lines, manycore } from './support.ts'

const TALKATIVE = `
import { Console, log } from 'node:console'
import { stdout } from 'node:process'
console.log('top')
log('top by name')
process.stdout.write('top by stream\\n')
export default text => {
  console.log('console', text)
  log('by name', text)
  new Console(process.stdout).log('a console of its own', text)
  process.stdout.write('stream ' + text + '\\n')
  stdout.write('stream by name ' + text + '\\n')
  return text.toUpperCase()
}
`

describe('stdout of the command', { timeout: 60_000 }, () => {
  const folder = tempDir()
  let talkative: string
  before(() => {
    talkative = folder.write('talkative.mjs', TALKATIVE)
  })

  for (const flags of [[], ['--threads']]) {
    it(`holds nothing but results, whatever is printed in ${flags[0] ?? 'processes'}`, async () => {
      const { code, stdout, stderr } = await manycore(['map', talkative, 'a', '-w', '1', ...flags])
      assert.equal(stdout, 'A\n')
      const printed = lines(stderr).slice(0, -1).toSorted()
      // What the module prints comes once from the command and once from the worker.
      const twice = ['top', 'top by name', 'top by stream']
      const once = ['console a', 'by name a', 'a console of its own a', 'stream a', 'stream by name a']
      assert.deepEqual(printed, [...twice, ...twice, ...once].toSorted())
      assert.equal(code, 0)
    })
  }

  it('holds nothing but results when something before the module has printed', async () => {
    const early = folder.write(
      'early.mjs',
      "import { stdout } from 'node:process'\nconsole.log('early')\nstdout.write('')",
    )
    const { stdout } = await manycore(['map', talkative, 'a', '-w', '1'], {
      env: { NODE_OPTIONS: `--import ${pathToFileURL(early).href}` },
    })
    assert.deepEqual([...new Set(stdout.split('\n'))], ['early', 'A', ''])
  })

  it('holds nothing but the report of explain', async () => {
    const { stdout, stderr, code } = await manycore(['explain', talkative, '--json'])
    assert.equal((JSON.parse(stdout) as { name: string }).name, 'default')
    assert.match(stderr, /^top\ntop by name\ntop by stream\n$/)
    assert.equal(code, 0)
  })

  it('stays a pipe that is waited for', { skip: process.platform !== 'linux' }, async () => {
    const file = folder.write(
      'flags.mjs',
      "import { readFileSync } from 'node:fs'\nexport default () => { console.log('x'); return readFileSync('/proc/self/fdinfo/1', 'utf8') }",
    )
    const { stdout } = await manycore(['map', file, 'a', '-w', '1'])
    const flags = Number.parseInt(/flags:\s*(\d+)/.exec(stdout)?.[1] ?? '', 8)
    assert.equal(flags & 0o4000, 0, stdout)
  })
})

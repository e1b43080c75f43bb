import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { linkSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { mapRequest } from '../../../cli/map/request.ts'
import { checkFiles } from '../../../cli/map/same-file.ts'
import { WrongUsage } from '../../../cli/wrong-usage.ts'
import { tempDir } from '../../support/index.ts'
import { manycore, shellCommand } from '../support.ts'

interface Files {
  readonly journal?: string
  readonly trace?: string
  readonly lines?: string
}

describe('one file for two things', { timeout: 60_000, skip: process.platform === 'win32' }, () => {
  const folder = tempDir()
  const at = (name: string): string => join(folder.path, name)
  let module: string
  before(() => {
    module = folder.write('work.mjs', 'export default x => x')
    folder.write('there.txt', '1\n2\n')
    symlinkSync('.', at('here'))
    symlinkSync('there.txt', at('link.txt'))
    linkSync(at('there.txt'), at('hard.txt'))
  })

  function check(files: Files, patterns: readonly string[] = ['a'], from = module): void {
    checkFiles(mapRequest('work.mjs', patterns, [], { progress: false, ...files }), from)
  }

  function refused(message: RegExp, ...rest: Parameters<typeof check>): void {
    assert.throws(
      () => check(...rest),
      (error: Error) => error instanceof WrongUsage && message.test(error.message),
    )
  }

  it('is refused however it is named, there or not', () => {
    for (const [one, two] of [
      ['new', 'new'],
      ['new', 'here/new'],
      ['there.txt', 'here/here/there.txt'],
      ['there.txt', 'link.txt'],
      ['hard.txt', 'link.txt'],
    ] as const) {
      refused(/^the journal .* is also the trace .*\n/, { journal: at(one), trace: at(two) })
      refused(/^the journal .* is also the file of lines/, { journal: at(one), lines: at(two) })
      refused(/^the trace .* is also the file of lines/, { trace: at(one), lines: at(two) })
    }
  })

  it('is refused where a trace would be written over the module or an input', () => {
    const trace = at('here/work.mjs')
    refused(/^the trace .* is also the module /, { trace })
    refused(/^the trace .* is also the module /, { trace }, ['a'], `file://${module}?v=1`)
    refused(/^the trace .* is also the input /, { trace: at('link.txt') }, ['b', at('there.txt')])
  })

  it('is fine where they are two, where nothing is lost, and where it is no ordinary file', () => {
    check({ journal: at('a'), trace: at('b'), lines: at('there.txt') })
    check({ journal: at('gone/a'), trace: at('other/a') })
    check({ journal: '/dev/null', trace: '/dev/null', lines: '/dev/null' })
    check({ trace: at('a') }, ['a', at('a'), 'x'.repeat(5000)], 'a')
    check({ journal: at('there.txt') }, [at('there.txt')])
    check({ trace: at('trace') }, ['a'], 'node:path')
  })

  it('is not touched by the command, which ends with 2', async () => {
    const journal = at('journal.ndjson')
    await manycore(['map', module, 'a', '--journal', journal])
    const recorded = readFileSync(journal, 'utf8')
    const { code, stdout } = await manycore(['map', module, 'a', '--journal', journal, '--trace', journal])
    assert.equal(stdout, '')
    assert.equal(code, 2)
    assert.equal(readFileSync(journal, 'utf8'), recorded)
  })

  it('is refused where stdout and stdin lead', () => {
    const play = (args: string[], redirect: string): string =>
      spawnSync('sh', ['-c', `${shellCommand(['map', module, ...args])} ${redirect}`], {
        cwd: folder.path,
        encoding: 'utf8',
      }).stderr
    folder.write('out.txt', '')
    assert.match(
      play(['a', '--journal', 'out.txt'], '>> out.txt'),
      /the journal out\.txt is also .* stdout goes to/,
    )
    assert.match(
      play(['--lines', 'out.txt'], '>> out.txt'),
      /the file of lines out\.txt is also .* stdout goes to/,
    )
    assert.match(
      play(['--lines', '-'], '< out.txt >> out.txt'),
      /that stdin comes from is also .* stdout goes to/,
    )
    assert.match(play(['out.txt'], '>> out.txt'), /^1 item in/)
    assert.equal(readFileSync(at('out.txt'), 'utf8'), 'out.txt\n')
  })
})

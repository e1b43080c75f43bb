import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { tempDir } from '../support/index.ts'
import { shellCommand } from './support.ts'

/** The guide's examples are run: each ```js block that names its file is laid out, each ```console block is played. */
const guide = readFileSync(new URL('../../../docs/guides/command-line.md', import.meta.url), 'utf8')

function blocks(language: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, text]) => text ?? '',
  )
}

/** Measured numbers differ from run to run. */
function withoutTimes(text: string): string {
  return text
    .replaceAll(/ in [\d.,]+ (ms|s), [\d.,]+ a second, on \d+ /g, ' in N s, N a second, on N ')
    .replaceAll(/[\d.]+ (times as fast as one core) \([\d.]+ m?s of/g, 'N $1 (N s of')
    .replaceAll(/by reference \S+; \d+ bytes/g, 'by reference work.js#size; N bytes')
    .replaceAll(/"ms":[\d.]+/g, '"ms":N')
    .replaceAll(/"value":\d+/g, '"value":N')
    .replaceAll(/process(es)?\b/g, 'processes')
}

describe('the guide to the command line', { timeout: 110_000, skip: process.platform === 'win32' }, () => {
  const folder = tempDir()
  const bin = tempDir()
  chmodSync(bin.write('manycore', `#!/bin/sh\nexec ${shellCommand([])} "$@"\n`), 0o755)
  for (const block of blocks('js')) {
    const name = /^\/\/ (\S+)\n/.exec(block)?.[1]
    if (name) folder.write(name, block)
  }

  for (const block of blocks('console')) {
    for (const [, command = '', output = ''] of block.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
      it(command, () => {
        const PATH = [bin.path, process.env['PATH']].join(':')
        const env = { ...process.env, PATH }
        // In a folder of its own with nothing but the guide's files; stderr after stdout, as a reader expects it.
        const { stdout, stderr } = spawnSync('bash', ['-c', command], {
          cwd: folder.path,
          env,
          encoding: 'utf8',
        })
        assert.equal(withoutTimes(stdout + stderr), withoutTimes(output))
      })
    }
  }

  it('has examples', () => assert.ok(blocks('console').length >= 5))
  it('names every option of map', () => {
    const { stdout } = spawnSync(join(bin.path, 'manycore'), ['map', '--help'], { encoding: 'utf8' })
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option ?? '')
    assert.ok(options.length >= 10)
    for (const option of options.filter(name => name !== '--help' && name !== '--workers')) {
      assert.ok(guide.includes(option), `${option} is not in the guide`)
    }
  })
})

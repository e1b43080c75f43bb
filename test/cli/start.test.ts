import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram, tempDir } from '../support/index.ts'

const START = fileURLToPath(new URL('../../../scripts/start.js', import.meta.url))

describe('the main job, npm start', { timeout: 60_000 }, () => {
  it('reports on every file below a folder, and measures one worker against all', async () => {
    const folder = tempDir()
    const noise = randomBytes(8000)
    folder.write('a/noise.bin', noise)
    folder.write('b/deep/noise again.bin', noise)
    folder.write('text.txt', 'all work and no play '.repeat(1000))
    folder.write('empty', '')
    const { code, stdout, stderr, left } = await runProgram(START, { args: [folder.path], timeout: 50_000 })
    assert.equal(code, 0, stderr)
    assert.match(stdout, /files {2}4\n +bytes {2}36\.1 KiB\n +gzipped {2}15\.8 KiB, 4\d\.\d % of it/)
    assert.match(
      stdout,
      /Duplicates: 1 more copies of files, 7\.8 KiB wasted\n.*\n +7\.8 KiB {2}2 × .*noise\.bin/,
    )
    assert.match(stdout, /Least compressible.*\n.*\n +100\.\d % {2}.*noise.*\.bin \(7\.8 KiB\)/)
    assert.match(
      stdout,
      /one worker +[\d.]+ s\n +\d+ processes +[\d.]+ s: [\d.]+ times as fast|one usable CPU/,
    )
    assert.match(stderr, /^4 items in/)
    assert.deepEqual(left, [])
  })

  it('says what is wrong with a folder that is not there', async () => {
    const { code, stderr } = await runProgram(START, { args: ['no/such/folder'] })
    assert.equal(code, 2)
    assert.match(stderr, /There is no folder no\/such\/folder/)
  })
})

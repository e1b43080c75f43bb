import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { tempDir } from '../support/index.ts'
import { killWhileRecording } from './journal-kills.ts'
import { manycore } from './support.ts'

/* A few of the many that `npm run stress` kills. */

describe('manycore map --journal', { timeout: 110_000 }, () => {
  for (const flags of [[], ['--threads'], ['--unordered']]) {
    it(`killed again and again, ends with each item recorded once ${flags.join('')}`, async () => {
      const { kills } = await killWhileRecording({ flags, items: 120, kills: 2 })
      assert.equal(kills, 2, 'the run was over before it was killed twice')
    })
  }

  it('runs failed items again, and only those; of another function it refuses to run any', async () => {
    const folder = tempDir()
    const cwd = folder.path
    folder.write('sizes.mjs', "import { statSync } from 'node:fs'; export default p => statSync(p).size")
    folder.write('here.txt', 'abc')
    const args = ['map', 'sizes.mjs', '-w', '1', '--journal', 'sizes.ndjson', '--', 'here.txt', 'later.txt']
    const first = await manycore(args, { cwd })
    assert.equal(first.code, 1)
    assert.equal(first.stdout, '3\n')
    folder.write('later.txt', 'abcd')
    folder.write('here.txt', '')
    const second = await manycore(args, { cwd })
    assert.equal(second.code, 0)
    assert.equal(second.stdout, '3\n4\n')
    assert.match(second.stderr, /1 read from the journal/)
    const other = await manycore(['map', 'node:path#basename', '1', '--journal', 'sizes.ndjson'], { cwd })
    assert.equal(other.code, 2)
    assert.match(other.stderr, /belongs to another function\n.*sizes\.mjs#default\n.*node:path#basename/)
  })
})

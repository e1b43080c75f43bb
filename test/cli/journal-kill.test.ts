import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { tempDir } from '../support/index.ts'
import { lines, manycore, startManycore } from './support.ts'

const WORK = `
export async function square(text) {
  await new Promise(resolve => setTimeout(resolve, 4))
  return { n: Number(text) ** 2, text: 'ü'.repeat(50) }
}
`
const ITEMS = 400

describe('manycore map --journal', { timeout: 220_000 }, () => {
  const folder = tempDir()
  const inputs = folder.write('inputs', Array.from({ length: ITEMS }, (_, i) => `${i % 300}\n`).join(''))
  let work: string
  before(() => {
    work = folder.write('work.mjs', WORK)
  })

  for (const flags of [[], ['--threads'], ['--unordered']]) {
    it(`killed again and again, ends with each item recorded once ${flags.join('')}`, async () => {
      const plain = ['map', `${work}#square`, '--lines', inputs, '-w', '2', ...flags]
      const journal = join(folder.path, `journal${flags.join('')}`)
      const args = [...plain, '--journal', journal]
      const expected = lines((await manycore(plain)).stdout)

      // Long enough after the first record to get on, at a different place each time.
      let kills = 0
      for (let recorded = 0; recorded < ITEMS && kills < 12; kills++) {
        const program = startManycore(args)
        await Promise.race([program.done, grows(journal, recorded)])
        await sleep(Math.random() * 120)
        program.child.kill('SIGKILL')
        assert.deepEqual((await program.done).left, [])
        recorded = recordsIn(journal)
      }
      assert.ok(kills >= 2, 'the run was over before it was killed twice')

      const { code, stdout } = await manycore(args)
      assert.equal(code, 0)
      const printed = lines(stdout)
      if (flags.includes('--unordered')) {
        printed.sort()
        expected.sort()
      }
      assert.deepEqual(printed, expected)
      const records = lines(readFileSync(journal, 'utf8')).slice(1)
      const recordedInputs = records.map(line => (JSON.parse(line) as { input: string }).input)
      assert.deepEqual(recordedInputs.toSorted(), lines(readFileSync(inputs, 'utf8')).toSorted())

      const again = await manycore(args)
      assert.match(again.stderr, /400 read from the journal/)
      assert.equal(lines(again.stdout).length, ITEMS)
      assert.equal(lines(readFileSync(journal, 'utf8')).length, ITEMS + 1)
    })
  }

  it('runs failed items again, and only those', async () => {
    const cwd = folder.path
    folder.write('sizes.mjs', "import { statSync } from 'node:fs'; export default p => statSync(p).size")
    folder.write('here.txt', 'abc')
    const args = ['map', 'sizes.mjs', '--journal', 'sizes.ndjson', '--', 'here.txt', 'later.txt']
    const first = await manycore(args, { cwd })
    assert.equal(first.code, 1)
    assert.equal(first.stdout, '3\n')
    folder.write('later.txt', 'abcd')
    folder.write('here.txt', '')
    const second = await manycore(args, { cwd })
    assert.equal(second.code, 0)
    assert.equal(second.stdout, '3\n4\n')
    assert.match(second.stderr, /1 read from the journal/)
  })

  it('refuses the journal of another function', async () => {
    const journal = join(folder.path, 'other.ndjson')
    await manycore(['map', `${work}#square`, '1', '--journal', journal])
    const { code, stderr } = await manycore(['map', 'node:path#basename', '1', '--journal', journal])
    assert.equal(code, 2)
    assert.match(stderr, /belongs to another function\n.*work\.mjs#square\n.*node:path#basename/)
  })
})

function recordsIn(journal: string): number {
  try {
    return Math.max(0, lines(readFileSync(journal, 'utf8')).length - 1)
  } catch {
    return 0
  }
}

async function grows(journal: string, from: number): Promise<void> {
  while (recordsIn(journal) <= from) await sleep(5)
}

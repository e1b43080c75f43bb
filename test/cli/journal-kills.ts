import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type TempDir, tempDir } from '../support/index.ts'
import { lines, manycore, startManycore } from './support.ts'

const WORK = `
export async function square(text) {
  await new Promise(resolve => setTimeout(resolve, 4))
  return { n: Number(text) ** 2, text: 'ü'.repeat(50) }
}
`

/** Kills a run with a journal again and again, lets it come to its end, and looks at what it has printed and recorded. */
export async function killWhileRecording(run: {
  readonly flags: readonly string[]
  readonly items: number
  /** At most; fewer when it comes to its end before. */
  readonly kills: number
}): Promise<{ readonly kills: number }> {
  const folder = tempDir()
  try {
    return await inFolder(folder, run)
  } finally {
    folder.remove()
  }
}

async function inFolder(
  folder: TempDir,
  { flags, items, kills: most }: Parameters<typeof killWhileRecording>[0],
): Promise<{ kills: number }> {
  const work = folder.write('work.mjs', WORK)
  // Some come twice.
  const inputs = Array.from({ length: items }, (_, i) => String(i % Math.ceil(items * 0.75)))
  const file = folder.write('inputs', inputs.map(input => `${input}\n`).join(''))
  const journal = join(folder.path, 'journal')
  const args = ['map', `${work}#square`, '--lines', file, '-w', '2', ...flags, '--journal', journal]

  let kills = 0
  for (let recorded = 0; kills < most; recorded = recordsIn(journal)) {
    const program = startManycore(args)
    // At a different place each time, and before the end.
    const further = 1 + Math.floor((Math.random() * items) / (most + 1))
    await Promise.race([program.done, grows(journal, recorded + further)])
    program.child.kill('SIGKILL')
    const { left, signal, code, stderr } = await program.done
    assert.deepEqual(left, [])
    if (signal === null) {
      assert.equal(code, 0, stderr)
      break
    }
    kills++
  }

  const { code, stdout } = await manycore(args)
  assert.equal(code, 0)
  const printed = lines(stdout)
  const expected = inputs.map(input => JSON.stringify({ n: Number(input) ** 2, text: 'ü'.repeat(50) }))
  if (flags.includes('--unordered')) {
    printed.sort()
    expected.sort()
  }
  assert.deepEqual(printed, expected)
  const recordedInputs = lines(readFileSync(journal, 'utf8'))
    .slice(1)
    .map(line => (JSON.parse(line) as { input: string }).input)
  assert.deepEqual(recordedInputs.toSorted(), inputs.toSorted())

  const again = await manycore(args)
  assert.match(again.stderr, new RegExp(`, ${items} read from the journal\n`))
  assert.equal(lines(again.stdout).length, items)
  assert.equal(recordsIn(journal), items)
  return { kills }
}

function recordsIn(journal: string): number {
  try {
    return Math.max(0, lines(readFileSync(journal, 'utf8')).length - 1)
  } catch {
    return 0
  }
}

async function grows(journal: string, to: number): Promise<void> {
  while (recordsIn(journal) < to) await sleep(5)
}

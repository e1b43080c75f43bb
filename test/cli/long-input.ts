import assert from 'node:assert/strict'
import { tempDir } from '../support/index.ts'
import { manycore } from './support.ts'

/** MiB that the command may have for its heap; Node and the library take a part of it. */
const MEMORY = 40

/** Has the command read lines, in all to be far more than its memory holds. */
export async function readLongInput(run: {
  readonly lines: number
  readonly length: number
  readonly flags: readonly string[]
}): Promise<void> {
  const folder = tempDir()
  try {
    const work = folder.write('work.mjs', 'export const nothing = () => {}')
    const { code, stderr } = await manycore(
      ['map', `${work}#nothing`, '-w', '1', '--lines', '-', ...run.flags],
      {
        input: `${'x'.repeat(run.length - 1)}\n`.repeat(run.lines),
        env: { NODE_OPTIONS: `--max-old-space-size=${MEMORY}` },
        timeout: 90_000,
      },
    )
    assert.match(stderr, new RegExp(`^${run.lines.toLocaleString('en')} items in `))
    assert.equal(code, 0)
  } finally {
    folder.remove()
  }
}

import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, it } from 'node:test'
import type { Outcome } from '../../../cli/map/outcome.ts'
import { Progress } from '../../../cli/map/progress.ts'

/** A terminal that keeps what was drawn. */
class Terminal extends Writable {
  readonly isTTY = true
  readonly columns = 100
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }

  async shows(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) await new Promise(resolve => setTimeout(resolve, 5))
  }
}

const done: Outcome = { state: 'done', input: 'a', json: '1', ms: 1, recorded: false }
const failed: Outcome = { state: 'failed', input: 'b', failure: { name: 'Error', message: 'no' } }

describe('Progress', { timeout: 20_000 }, () => {
  it('counts while the total is unknown, then shows a bar, the rate and the failures', async t => {
    const terminal = new Terminal()
    const progress = new Progress(terminal as unknown as NodeJS.WriteStream)
    t.after(() => progress.stop())
    progress.add(done)
    await terminal.shows(/1 done · [\d,.]+\/s/)
    progress.setTotal(1234)
    progress.add(failed)
    await terminal.shows(/━*─+ 2\/1,234 · [\d,.]+\/s · .*1 failed/)
  })

  it('leaves an empty line and the settings of the terminal as they were', () => {
    const terminal = new Terminal()
    const progress = new Progress(terminal as unknown as NodeJS.WriteStream)
    progress.stop()
    progress.stop()
    const escape = String.fromCharCode(27)
    assert.ok(terminal.text.endsWith(`${escape}[1G${escape}[2K`), JSON.stringify(terminal.text))
    assert.ok(!terminal.text.includes(`${escape}[?`), 'it changed a setting')
  })

  it('steps aside for what is written to the same terminal', async t => {
    const terminal = new Terminal()
    const progress = new Progress(terminal as unknown as NodeJS.WriteStream)
    t.after(() => progress.stop())
    await progress.stepAside(async () => {
      terminal.write('a result\n')
    })
    assert.match(terminal.text, /\[2Ka result\n.*0 done/s)
  })
})

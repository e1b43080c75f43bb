import assert from 'node:assert/strict'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { TextSink } from '../../../cli/map/text-sink.ts'
import { tempDir } from '../../support/index.ts'

const never = new AbortController().signal

describe('TextSink', { timeout: 20_000 }, () => {
  const folder = tempDir()

  it('writes everything in order', async () => {
    const file = folder.write('out', '')
    const fd = openSync(file, 'w')
    const sink = new TextSink(fd, never)
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} ü\n`)
    for (const line of lines) await sink.write(line)
    assert.equal(await sink.flush(), true)
    closeSync(fd)
    assert.equal(readFileSync(file, 'utf8'), lines.join(''))
  })

  it('makes the writer wait for a slow disk or reader', async () => {
    const file = folder.write('out', '')
    const fd = openSync(file, 'w')
    let release = (): void => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    const sink = new TextSink(fd, never, async write => {
      await held
      await write()
    })
    let isThrough = false
    const writing = sink.write('x'.repeat(100_000)).finally(() => {
      isThrough = true
    })
    await new Promise(resolve => setImmediate(resolve))
    assert.equal(isThrough, false)
    release()
    await writing
    await sink.flush()
    closeSync(fd)
  })

  it('waits no longer once there is a hurry', async () => {
    const hurry = new AbortController()
    const sink = new TextSink(1, hurry.signal, () => new Promise(() => {}))
    const writing = sink.write('x'.repeat(100_000))
    hurry.abort()
    await writing
    assert.equal(await sink.flush(), false)
  })

  it('keeps the failure and writes no more', async () => {
    const fd = openSync(folder.write('out', ''), 'r')
    const sink = new TextSink(fd, never)
    await sink.write('a')
    assert.equal(await sink.flush(), true)
    assert.match(String(sink.failure), /EBADF/)
    await sink.write('b')
    closeSync(fd)
  })
})

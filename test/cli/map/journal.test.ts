import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import { Journal } from '../../../cli/map/journal.ts'
import type { Done, Failed } from '../../../cli/map/outcome.ts'
import { WrongUsage } from '../../../cli/wrong-usage.ts'
import { tempDir } from '../../support/index.ts'

const target = { module: 'file:///work.js', name: 'up' }

function done(input: string, value: unknown = input): Done {
  return { state: 'done', input, json: JSON.stringify(value), ms: 1.5, recorded: false }
}

function failed(input: string): Failed {
  return { state: 'failed', input, failure: { name: 'Error', code: 'E', message: 'no' } }
}

describe('Journal', { timeout: 20_000 }, () => {
  const folder = tempDir()
  let path: string
  let number = 0
  beforeEach(() => {
    path = join(folder.path, `${number++}.ndjson`)
  })

  async function write(...outcomes: (Done | Failed)[]): Promise<void> {
    const journal = await Journal.open(path, target)
    await Promise.all(outcomes.map(outcome => journal.record(outcome)))
    await journal.close()
  }

  async function taken(...inputs: string[]): Promise<unknown[]> {
    const journal = await Journal.open(path, target)
    const found = await Promise.all(inputs.map(input => journal.take(input)))
    await journal.close()
    return found.map(record => record && (record.json === undefined ? 'nothing' : JSON.parse(record.json)))
  }

  async function refusal(): Promise<string> {
    const before = readFileSync(path, 'utf8')
    const error: unknown = await Journal.open(path, target).catch((thrown: unknown) => thrown)
    assert.ok(error instanceof WrongUsage, String(error))
    assert.equal(readFileSync(path, 'utf8'), before, 'the file was changed')
    return error.message
  }

  it('gives back what was recorded, and knows nothing of the rest', async () => {
    await write(done('a', { n: [1, 'ü'] }), done('b\n"'), { ...done('c'), json: undefined })
    assert.deepEqual(await taken('b\n"', 'a', 'c', 'd'), ['b\n"', { n: [1, 'ü'] }, 'nothing', undefined])
  })

  it('says which file it is that has no room, and keeps what it has', async () => {
    await write(done('a', 1))
    const journal = await Journal.open(path, target)
    const file = await open(path)
    const prototype = Object.getPrototypeOf(file) as FileHandle
    await file.close()
    const { appendFile } = prototype
    prototype.appendFile = () => Promise.reject(new Error('ENOSPC: no space left on device, write'))
    const message = `the journal ${path} can't be written: ENOSPC: no space left on device, write\n  What it holds stays: make room, and run the same command again.`
    try {
      await assert.rejects(journal.record(done('b')), { message })
    } finally {
      prototype.appendFile = appendFile
    }
    await assert.rejects(journal.record(done('c')), { message })
    await journal.close()
    assert.deepEqual(await taken('a', 'b'), [1, undefined])
  })

  it('has a failed item run again; what it gives then counts', async () => {
    await write(failed('a'), done('b'))
    assert.deepEqual(await taken('a', 'b'), [undefined, 'b'])
    await write(done('a', 'now'))
    assert.deepEqual(await taken('a'), ['now'])
  })

  it('counts an input that comes several times', async () => {
    await write(done('a', 1), done('a', 2))
    assert.deepEqual(await taken('a', 'a', 'a'), [1, 2, undefined])
  })

  it('cuts off a line torn anywhere, and loses no other', async () => {
    await write(done('first'), done('last', 'x'.repeat(50)))
    const whole = readFileSync(path)
    const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: lastLine, max: whole.length - 1 }), async end => {
        truncateSync(path, 0)
        appendFileSync(path, whole.subarray(0, end))
        assert.deepEqual(await taken('first', 'last'), ['first', undefined])
        assert.equal(statSync(path).size, lastLine)
        await write(done('last', 'again'))
        assert.deepEqual(await taken('first', 'last'), ['first', 'again'])
      }),
      { numRuns: 30 },
    )
  })

  it('begins again after a torn first line', async () => {
    await write()
    truncateSync(path, 20)
    await write(done('a'))
    assert.deepEqual(await taken('a'), ['a'])
  })

  it('refuses the journal of another function, naming both', async () => {
    const journal = await Journal.open(path, { ...target, name: 'down' })
    await journal.close()
    const text = await refusal()
    assert.match(text, /belongs to another function\n.*work\.js#down\n.*work\.js#up/)
  })

  it('refuses a file that is no journal, and leaves it as it was', async () => {
    for (const text of ['my notes\n', 'my notes', '{"a":1}\n', '[]\n', 'null\n']) {
      truncateSyncTo(path, text)
      assert.match(await refusal(), /is not a journal of manycore/)
    }
  })

  it('reads no more of a large file than tells that it is no journal', async () => {
    // Of zeros, and takes no room.
    truncateSyncTo(path, '')
    truncateSync(path, 2 ** 40)
    await assert.rejects(Journal.open(path, target), /is not a journal of manycore/)
    assert.equal(statSync(path).size, 2 ** 40)
  })

  it('refuses what is no file', { skip: process.platform === 'win32' }, async () => {
    path = '/dev/null'
    assert.match(await refusal(), /the journal \/dev\/null is no ordinary file/)
  })

  it('refuses a damaged line in the middle, naming it', async () => {
    await write(done('a'))
    appendFileSync(path, 'garbage\n')
    appendFileSync(path, readFileSync(path, 'utf8').split('\n')[1] as string)
    assert.match(await refusal(), /line 3 of the journal .* is damaged: garbage/)
  })

  it('refuses a place that can not be written', async () => {
    path = join(folder.path, 'nowhere', 'j')
    await assert.rejects(Journal.open(path, target), /can't open the journal .*nowhere/)
    assert.equal(existsSync(path), false)
  })

  it('keeps thousands of records that come at once', async () => {
    const inputs = Array.from({ length: 5000 }, (_, i) => `item ${i} ${'é'.repeat(i % 30)}`)
    await write(...inputs.map(input => done(input)))
    assert.deepEqual(await taken(...inputs), inputs)
    assert.equal(readFileSync(path, 'utf8').split('\n').length, inputs.length + 2)
  })
})

function truncateSyncTo(path: string, text: string): void {
  appendFileSync(path, '')
  truncateSync(path, 0)
  appendFileSync(path, text)
}

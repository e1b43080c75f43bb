import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Board } from '../../src/link/board.ts'
import { inheritedFlags, threadFlags } from '../../src/link/flags.ts'
import { diedOfMemory } from '../../src/link/memory-pressure.ts'
import { Tail } from '../../src/link/tail.ts'

test('flags that say how code runs are handed on, those that say what runs are not', () => {
  assert.deepEqual(
    inheritedFlags(['--conditions=x', '--import', './a.mjs', '--no-warnings', '--max-old-space-size=64']),
    ['--conditions=x', '--import', './a.mjs', '--no-warnings', '--max-old-space-size=64'],
  )
  assert.deepEqual(
    inheritedFlags([
      '-e',
      '1',
      '--enable-source-maps',
      '--eval',
      '2',
      '-p',
      '3',
      '--input-type=module',
      '--check',
    ]),
    ['--enable-source-maps'],
  )
  assert.deepEqual(
    inheritedFlags(['--inspect', '--inspect-brk=0', '--inspect-port=9', '--test', '--watch', '--cpu-prof']),
    [],
  )
})

test('a thread takes over all flags but those for which it would wait for a debugger', () => {
  assert.equal(threadFlags(false, ['--import', './a.mjs', '--inspect'], '--inspect'), undefined)
  assert.deepEqual(threadFlags(false, ['--import', './a.mjs', '--inspect-brk=0'], ''), [
    '--import',
    './a.mjs',
  ])
  assert.deepEqual(threadFlags(false, [], '--inspect-wait=0 --inspect-brk'), [
    '--no-inspect-wait',
    '--no-inspect-brk',
  ])
  assert.deepEqual(inheritedFlags(['--no-inspect-wait', '--no-inspect-brk']), [])
})

test('a tail keeps the last bytes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary-ascii', maxLength: 30 })),
      fc.integer({ min: 1, max: 50 }),
      (parts, limit) => {
        const tail = new Tail(limit)
        for (const part of parts) tail.push(Buffer.from(part))
        assert.equal(tail.toString(), parts.join('').slice(-limit))
      },
    ),
  )
})

test('a board tells how far a worker has come, and what was taken back does not begin', () => {
  const program = new Board()
  const worker = new Board(program.buffer)
  assert.equal(program.progress().call, -1)
  assert.equal(worker.begin(0, 12.5), true)
  worker.beginItem(3)
  assert.deepEqual(program.progress(), { call: 0, item: 3, since: 12.5 })
  assert.equal(program.takeBack(5), 0)
  assert.equal(worker.begin(4, 13), false)
  assert.equal(worker.begin(5, 14), true)
  assert.equal(program.progress().item, 0)
})

test('memory is blamed for what V8 says, and not for a plain kill', () => {
  assert.equal(diedOfMemory('SIGABRT', 'FATAL ERROR: … JavaScript heap out of memory'), true)
  assert.equal(diedOfMemory('SIGTERM', 'goodbye'), false)
  assert.equal(diedOfMemory(null, ''), false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capture } from '../../src/capture/index.ts'
import type { ProgramLink } from '../../src/link/index.ts'
import { CALLS, DEFINE, RESULTS, SOLE, type ToProgram } from '../../src/wire/index.ts'
import { WorkerLoop } from '../../src/worker/loop.ts'

const can = { transfer: true, share: true }

test('the result of a quick call has left before the next begins, until its function has shown that it stays quick', () => {
  const sent: ToProgram[] = []
  const road: ProgramLink = {
    can,
    clear: true,
    begin: () => true,
    beginItem() {},
    send: message => sent.push(message),
    onceClear: callback => callback(),
    listen() {},
    watch() {},
    ref() {},
    unref() {},
    rehearsal: () => road,
  }
  const loop = new WorkerLoop(
    road,
    { role: 'pool', concurrency: 1, concurrencyVaries: false, pulse: 0 },
    { closed() {}, interrupted() {} },
  )
  // What it sees of the road when it begins, by the one thing that both sides of a capture share.
  Object.assign(globalThis, { messagesSent: () => sent.length })
  const look = (): number => (Reflect.get(globalThis, 'messagesSent') as () => number)()
  loop.handle([DEFINE, 0, [structuredClone(capture(look, 'test', can).graph)]])
  const calls = Array.from({ length: 3 }, (_, n) => [0, SOLE, n]).flat()
  loop.handle([CALLS, 0, calls])
  const results = sent.filter(message => message[0] === RESULTS).flatMap(message => message[1] as unknown[])
  // number, how, value: nothing was on the road before the first, one message before the second.
  assert.deepEqual(results, [0, 0, 0, 1, 0, 1, 2, 0, 2])
  Reflect.deleteProperty(globalThis, 'messagesSent')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { currentTask } from 'manycore'
import { capture, functionToRehearse } from '../../src/capture/index.ts'
import type { ProgramLink } from '../../src/link/index.ts'
import { REHEARSED, RESULTS, STRIDE, type ToProgram, VALUE, VALUE_PACKED } from '../../src/wire/index.ts'
import { identity } from '../../src/worker/index.ts'
import { WorkerLoop } from '../../src/worker/loop.ts'
import { rehearse, rehearseCall } from '../../src/worker/rehearse.ts'

const can = { transfer: true, share: true }

/** A worker's end of a road, and all that was said on it. */
function road(): { link: ProgramLink; said: ToProgram[]; begun: number[] } {
  const said: ToProgram[] = []
  const begun: number[] = []
  const links: ProgramLink = {
    can,
    clear: true,
    begin: call => begun.push(call) > 0,
    beginItem() {},
    send: message => void said.push(message),
    onceClear: callback => callback(),
    listen() {},
    watch() {},
    ref() {},
    unref() {},
    rehearsal: () => ({
      ...links,
      begin: () => true,
      send: message => void said.push([REHEARSED, message]),
    }),
  }
  return { link: links, said, begun }
}

function serve(stage: ProgramLink): WorkerLoop {
  return new WorkerLoop(
    stage,
    { role: 'pool', concurrency: 1, concurrencyVaries: false, pulse: 0 },
    { closed() {}, interrupted() {}, thrown: error => assert.ifError(error) },
  )
}

test('what a program rehearses leaves no trace: no task, no other identity, nothing that keeps the program alive', () => {
  const { isWorker, process: before, startMethod } = identity
  const held = process.getActiveResourcesInfo().length
  rehearseCall()
  assert.equal(currentTask(), undefined)
  assert.deepEqual(
    [identity.isWorker, identity.process, identity.startMethod],
    [isWorker, before, startMethod],
  )
  assert.ok(process.getActiveResourcesInfo().length <= held + 1)
})

test('what is rehearsed succeeds: calls of both kinds, each time, and nothing of it counts', () => {
  const { link, said, begun } = road()
  rehearse(link, 3, serve)
  assert.deepEqual(begun, [])
  const words = said.map(message => {
    assert.equal(message[0], REHEARSED)
    return (message as readonly [typeof REHEARSED, ToProgram?])[1]
  })
  assert.equal(words.pop(), undefined, 'the end is told')
  const results = words.flatMap(word => {
    assert.equal(word?.[0], RESULTS)
    return word?.[1] as unknown[]
  })
  const hows = results.filter((_, at) => at % STRIDE === 1)
  assert.deepEqual(hows, [VALUE, VALUE_PACKED, VALUE, VALUE_PACKED, VALUE, VALUE_PACKED])
})

test('the function that is rehearsed looks like one that was captured', () => {
  const captured = 1
  const { graph } = capture((value: unknown) => value ?? captured, 'test', can)
  const [rehearsed, real] = [functionToRehearse(), graph].map(({ graph: parts }) =>
    Object.values(parts as readonly unknown[]).map(shape),
  )
  assert.deepEqual(rehearsed, real)
})

/** The captured one is this file's, which was compiled. */
const MAY_DIFFER = new Set(['origin', 'shown'])

/** What there is, without what it says. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape)
  if (typeof value !== 'object' || value === null) return value === undefined ? 'none' : 'some'
  const names = Object.keys(value).sort((a, b) => a.localeCompare(b))
  return Object.fromEntries(
    names.map(name => [name, MAY_DIFFER.has(name) ? '' : shape(Reflect.get(value, name))]),
  )
}

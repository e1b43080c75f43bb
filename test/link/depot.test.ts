import assert from 'node:assert/strict'
import { closeSync, fstatSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { closeDepotFiles, Depot, DepotReader, openDepotFiles } from '../../src/link/depot.ts'
import { namelessFile } from '../../src/memory/index.ts'
import { encodeFrame, FrameReader, type Place } from '../../src/wire/index.ts'

const LIMIT = { timeout: 60_000 }
const HEAD = 4096

function block(size: number, fill: number): ArrayBuffer {
  return new Uint8Array(size).fill(fill).buffer
}

function put(depot: Depot, blocks: readonly ArrayBuffer[]): readonly Place[] {
  const places = depot.reserve(blocks.map(({ byteLength }) => byteLength))
  assert.ok(places)
  assert.equal(depot.store(blocks, places), true)
  return places
}

test('what is read has its own bytes, however far the reader is behind', LIMIT, () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.constant(0), fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 3 })),
      ),
      steps => {
        const file = namelessFile()
        const depot = new Depot(file)
        const reader = new DepotReader(file)
        const unread: [readonly Place[], number][] = []
        let made = 0
        const read = (): void => {
          const [places, fill] = unread.shift() as (typeof unread)[number]
          reader.fetch(places).forEach((buffer, number) => {
            assert.deepEqual(new Uint8Array(buffer), new Uint8Array(places[number]?.[1] ?? 0).fill(fill))
          })
        }
        for (const step of steps) {
          if (step !== 0) {
            const fill = ++made % 256
            unread.push([
              put(
                depot,
                step.map(size => block(size, fill)),
              ),
              fill,
            ])
          } else if (unread.length > 0) read()
        }
        while (unread.length > 0) read()
        depot.close()
        closeSync(file)
      },
    ),
    { numRuns: 100 },
  )
})

test('memory is used again, and given back when it is not needed', LIMIT, async () => {
  const file = namelessFile()
  const depot = new Depot(file, 300)
  const reader = new DepotReader(file)
  for (let turn = 0; turn < 5; turn++) reader.fetch(put(depot, [block(100_000, turn)]))
  assert.equal(fstatSync(file).size, HEAD + 100_000)
  // Not read yet: its place is not free.
  const first = put(depot, [block(100_000, 1)])
  const second = put(depot, [block(100_000, 2)])
  assert.notDeepEqual(second, first)
  reader.fetch(first)
  assert.equal(new Uint8Array(reader.fetch(second)[0] as ArrayBuffer)[0], 2)
  while (fstatSync(file).size > HEAD) await sleep(50)
  reader.fetch(put(depot, [block(10, 7)]))
  depot.close()
  closeSync(file)
})

test('what is too large for it goes another way', LIMIT, () => {
  const file = namelessFile()
  const depot = new Depot(file)
  assert.equal(depot.reserve([2 ** 30]), undefined)
  assert.deepEqual(depot.reserve([10, 20]), [
    [HEAD, 10],
    [HEAD + 10, 20],
  ])
  depot.close()
  closeSync(file)
})

test('a file that can not be written: the message goes another way', LIMIT, () => {
  const file = namelessFile()
  closeSync(file)
  const depot = new Depot(file)
  const places = depot.reserve([10]) as readonly Place[]
  assert.equal(depot.store([block(10, 1)], places), false)
  depot.close()
})

test('places that can not be are refused', LIMIT, () => {
  const file = namelessFile()
  const reader = new DepotReader(file)
  for (const place of [
    [0, 8],
    [HEAD, 2 ** 31],
    [HEAD, -1],
    [HEAD + 0.5, 1],
    [Number.NaN, 1],
  ] as const) {
    assert.throws(() => reader.fetch([place]), RangeError)
  }
  assert.throws(() => reader.fetch([[HEAD, 10]]), /only 0 of 10 bytes/)
  closeSync(file)
})

test('blocks elsewhere come back in the message that they belong to', LIMIT, () => {
  const [one, two] = [block(1000, 1), block(2000, 2)]
  const places: Place[] = [
    [HEAD, 1000],
    [HEAD + 1000, 2000],
  ]
  const frame = encodeFrame({ one, again: new Uint8Array(one), two }, { blocks: [one, two], places })
  assert.ok(frame.length < 200)
  const arrived: { one: ArrayBuffer; again: Uint8Array; two: ArrayBuffer }[] = []
  const asked: unknown[] = []
  const fetch = (wanted: readonly Place[]): ArrayBuffer[] => {
    asked.push(wanted)
    return [block(1000, 1), block(2000, 2)]
  }
  new FrameReader(message => arrived.push(message as never), undefined, fetch).push(frame)
  assert.deepEqual(asked, [places])
  const [message] = arrived
  assert.equal(message?.again.buffer, message?.one)
  assert.deepEqual(new Uint8Array(message?.two as ArrayBuffer), new Uint8Array(2000).fill(2))
})

test('bytes that only look like blocks elsewhere spoil the road', LIMIT, () => {
  for (const body of [[1], [1, 255, 255, 255], [1, 1, 0, 0, 7]]) {
    const spoiled: Error[] = []
    const reader = new FrameReader(
      () => assert.fail('no message'),
      error => spoiled.push(error),
      () => [],
    )
    reader.push(Buffer.from([body.length, 0, 0, 0, ...body]))
    assert.equal(spoiled.length, 1)
  }
})

test('both files of a road go with it', LIMIT, () => {
  const files = openDepotFiles()
  if (!files) return
  closeDepotFiles(files)
  assert.throws(() => fstatSync(files.toWorker), /EBADF/)
})

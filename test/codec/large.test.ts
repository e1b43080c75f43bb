import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findLarge, type Graph, LargeCopies, pack } from '../../src/codec/index.ts'

const THREAD = { transfer: true, share: true }
const PROCESS = { transfer: false, share: false, views: true }
const SIZE = 100_000

test('large blocks are found: alone, in lists, in graphs; small ones, shared ones and those that grow are not', () => {
  const buffer = new ArrayBuffer(SIZE)
  const find = (value: unknown): number => {
    const found = new Set<ArrayBuffer>()
    const graph = pack(value, { path: 'value', can: PROCESS })
    findLarge(graph ?? value, graph !== undefined, found)
    return found.size
  }
  assert.equal(find(buffer), 1)
  assert.equal(find(new Uint8Array(buffer)), 1)
  assert.equal(find([1, buffer, new Uint8Array(buffer)]), 1)
  assert.equal(find({ deep: [Buffer.from(buffer), new Uint8Array(SIZE)] }), 2)
  assert.equal(find(new Uint8Array(1000)), 0)
  assert.equal(find({ graph: [['buffer']] }), 0)
  assert.equal(find(Reflect.construct(ArrayBuffer, [SIZE, { maxByteLength: 2 * SIZE }])), 0)
})

test('where copies can be handed over, a value with large blocks deep within becomes a graph', () => {
  const bytes = new Uint8Array(SIZE)
  const packed = (value: unknown): boolean => pack(value, { path: 'value', can: THREAD }) !== undefined
  assert.equal(packed(bytes), false)
  assert.equal(packed([bytes, 1, 'two', bytes.buffer]), false)
  assert.equal(packed({ bytes }), true)
  assert.equal(packed([bytes, { bytes }]), true)
  assert.equal(packed({ bytes: new Uint8Array(1000) }), false)
})

test('copies keep who shares what, and leave alone what is handed over itself', () => {
  const bytes = new Uint8Array(SIZE).fill(7)
  const moved = new Uint8Array(SIZE)
  const copies = new LargeCopies([moved.buffer])
  const list = [bytes, new Uint32Array(bytes.buffer), bytes, moved, 1]
  const sent = copies.put(list, false) as typeof list
  assert.deepEqual(sent, list)
  assert.equal(sent[0], sent[2])
  assert.equal((sent[0] as Uint8Array).buffer, (sent[1] as Uint32Array).buffer)
  assert.notEqual((sent[0] as Uint8Array).buffer, bytes.buffer)
  assert.equal(sent[3], moved)
  assert.deepEqual(copies.buffers, [(sent[0] as Uint8Array).buffer])
  const graph = pack({ bytes }, { path: 'value', can: THREAD }) as Graph
  assert.notEqual(copies.put(graph, true), graph)
  assert.equal(copies.buffers.length, 1)
})

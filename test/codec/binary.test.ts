import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CodecError } from '../../src/base/index.ts'
import { assertSame, cross, eachRoad, packOn, PROCESS, THREAD } from './roads.ts'

const INTEGERS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array]
const KINDS = [...INTEGERS, Float32Array, Float64Array, BigInt64Array, BigUint64Array]

function bytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).map((_, i) => i * 7)
}

/** How many bytes of binary data a packed value would send. */
function sentBytes(value: unknown): number {
  const seen = new Set<ArrayBufferLike>()
  const queue = [value]
  for (const item of queue) {
    if (typeof item !== 'object' || item === null) continue
    if (item instanceof ArrayBuffer) seen.add(item)
    else if (ArrayBuffer.isView(item)) seen.add(item.buffer)
    else queue.push(...Object.values(item))
  }
  return [...seen].reduce((sum, buffer) => sum + buffer.byteLength, 0)
}

interface Resizable extends ArrayBuffer {
  resize(length: number): void
}

function lengthOf(view: ArrayBufferView): number | string {
  try {
    return view.byteLength
  } catch {
    return 'outside'
  }
}

eachRoad(road => {
  for (const Kind of KINDS) {
    test(`${Kind.name}: whole, in part and empty`, () => {
      const buffer = bytes(64).buffer
      const value = [new Kind(bytes(32).buffer), new Kind(buffer, 16, 2), new Kind(0), new Kind(buffer, 64)]
      assertSame(cross(road, value), value)
    })
  }

  test('Float16Array where it exists', t => {
    const Kind = (globalThis as { Float16Array?: new (from: number[]) => object }).Float16Array
    if (!Kind) return t.skip('this Node has none')
    const value = [new Kind([1.5, -2])]
    assertSame(cross(road, value), value)
  })

  test('a DataView', () => {
    const value = new DataView(bytes(24).buffer, 3, 9)
    assertSame(cross(road, { value }), { value })
  })

  test('a Buffer stays a Buffer', () => {
    const value = [Buffer.from('from the pool'), Buffer.alloc(20, 'x'), Buffer.alloc(0)]
    const there = cross(road, value)
    assertSame(there, value)
    assert.equal(there[0]?.toString(), 'from the pool')
  })

  test('typed arrays keep properties of their own', () => {
    const value = Object.assign(new Float32Array(50), { width: 5, height: 10 })
    assertSame(cross(road, value), value)
    const short = Object.assign(new Float32Array(5), { width: 5, [Symbol.for('unit')]: 'm' })
    assertSame(cross(road, short), short)
  })

  test('of a view in part only its bytes are sent', () => {
    const large = bytes(1 << 20)
    const graph = packOn(road, { row: large.subarray(5000, 5100) })
    assert.ok(sentBytes(graph) <= 108, String(sentBytes(graph)))
  })

  test('of the rows of a matrix only the rows that are there', () => {
    const matrix = new Float64Array(100_000).map((_, i) => i)
    const rows = [matrix.subarray(100, 200), matrix.subarray(99_900)]
    assertSame(cross(road, rows), rows)
    assert.ok(sentBytes(packOn(road, rows)) === 1600)
  })

  test('small Buffers bring nothing of what else is in their pool', () => {
    const secret = Buffer.from('a secret of someone else')
    const graph = packOn(road, [Buffer.from('one'), Buffer.from('two')])
    assert.ok(sentBytes(graph) < 40)
    assert.ok(
      !JSON.stringify(road.clone(graph), (_, v) =>
        v instanceof ArrayBuffer ? Buffer.from(v).toString() : v,
      ).includes(secret.toString()),
    )
  })

  test('views that overlap go on sharing their bytes', () => {
    const base = bytes(100)
    const value = { a: base.subarray(10, 30), b: new DataView(base.buffer, 20, 20), c: base.subarray(60, 70) }
    const there = cross(road, value)
    assertSame(there, value)
    there.b.setUint8(0, 255)
    assert.equal(there.a[10], 255)
    assert.notEqual(there.c.buffer, there.a.buffer)
  })

  test('alignment holds where the cut begins at any offset', () => {
    const buffer = bytes(64).buffer
    const value = [
      new Uint8Array(buffer, 5, 20),
      new Float64Array(buffer, 8, 2),
      new Int16Array(buffer, 22, 3),
    ]
    const there = cross(road, value) as [Uint8Array, Float64Array, Int16Array]
    assertSame(there, value)
    there[1][0] = 0
    assert.deepEqual([...there[0].subarray(3, 11)], [0, 0, 0, 0, 0, 0, 0, 0])
  })

  test('a buffer that is itself in the value goes whole, and its views stay on it', () => {
    const buffer = bytes(64).buffer
    const there = cross(road, {
      first: new Uint8Array(buffer, 8, 4),
      buffer,
      second: new Uint8Array(buffer, 40, 4),
    })
    assert.equal(there.first.buffer, there.buffer)
    assert.equal(there.second.buffer, there.buffer)
    assert.deepEqual([there.first.byteOffset, there.second.byteOffset, there.buffer.byteLength], [8, 40, 64])
  })

  test('the same view twice is one view', () => {
    const view = bytes(10).subarray(2, 5)
    const [a, b] = cross(road, [view, view])
    assert.equal(a, b)
  })

  test('a resizable buffer can still be resized there', t => {
    const buffer = Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }]) as ArrayBuffer & {
      resize?(to: number): void
    }
    if (!buffer.resize) return t.skip('this Node has none')
    const there = cross(road, { buffer, view: new Uint8Array(buffer, 4, 2) })
    there.buffer.resize?.(16)
    assert.equal(there.buffer.byteLength, 16)
    assert.equal(there.view.buffer, there.buffer)
  })

  test('a view that follows the length of its buffer goes on doing so, no other does', t => {
    if (!('resizable' in ArrayBuffer.prototype)) return t.skip('this Node has none')
    for (const [length, maxByteLength] of [
      [8, 16],
      [8, 8],
      [8, 9],
    ] as const) {
      const buffer = Reflect.construct(ArrayBuffer, [length, { maxByteLength }]) as ArrayBuffer
      new Uint8Array(buffer).set(bytes(length))
      const views = [
        new Uint8Array(buffer),
        new Int32Array(buffer, 4),
        new Float64Array(buffer),
        new DataView(buffer, 2),
        new Uint8Array(buffer, 0, 8),
        new Int32Array(buffer, 4, 1),
        new DataView(buffer, 2, 6),
        new Uint8Array(buffer, 2, 1),
        new Uint8Array(buffer, 8),
      ]
      const there = cross(road, views)
      assert.deepEqual([...(views[0] as Uint8Array)], [...bytes(length)])
      assert.deepEqual(there, views)
      for (const view of [views[0], there[0]] as Uint8Array[]) (view.buffer as Resizable).resize(5)
      assert.deepEqual(there.map(lengthOf), views.map(lengthOf))
      for (const view of [views[0], there[0]] as Uint8Array[])
        (view.buffer as Resizable).resize(maxByteLength)
      assert.deepEqual(there.map(lengthOf), views.map(lengthOf))
    }
  })

  test('what was transferred away before is refused by name', () => {
    const view = bytes(8)
    structuredClone(view, { transfer: [view.buffer] })
    for (const value of [view, view.buffer]) {
      assert.throws(
        () => cross(road, { deep: [value] }),
        (error: unknown) =>
          error instanceof CodecError &&
          error.path === 'value.deep[0]' &&
          /transferred away/.test(error.message),
      )
    }
  })
})

test('a SharedArrayBuffer stays shared between threads', () => {
  const shared = new SharedArrayBuffer(16)
  const there = cross(THREAD, { shared, view: new Int32Array(shared, 4, 2), url: new URL('a:b') })
  assert.equal(there.view.buffer, there.shared)
  there.view[0] = 5
  assert.equal(new Int32Array(shared)[1], 5)
})

test('a SharedArrayBuffer is refused for a process, as is a view on one', () => {
  const shared = new SharedArrayBuffer(16)
  for (const [value, path] of [
    [[shared], 'value[0]'],
    [{ v: new Int32Array(shared) }, 'value.v.buffer'],
  ] as const) {
    assert.throws(() => cross(PROCESS, value), { code: 'CANNOT_SHARE_WITH_PROCESS', path })
  }
})

test('what is in the transfer list is moved between threads, with every view on it', () => {
  const data = bytes(100)
  const part = data.subarray(10, 20)
  const there = cross(THREAD, [part, new URL('a:b')] as const, [data.buffer])
  assert.equal(data.byteLength, 0)
  assert.equal(there[0].buffer.byteLength, 100)
  assert.deepEqual([...there[0]], [...bytes(100).subarray(10, 20)])
})

test('between processes the transfer list changes nothing', () => {
  const data = bytes(100)
  const there = cross(PROCESS, [data], [data.buffer])
  assert.equal(data.byteLength, 100)
  assertSame(there, [data])
})

test('only what can be moved may be in the transfer list', () => {
  for (const wrong of [1, {}, new Uint8Array(4), new SharedArrayBuffer(4), null, () => 1]) {
    assert.throws(() => packOn(THREAD, [1], [wrong]), { code: 'WRONG_OPTION', option: 'transfer[0]' })
  }
})

test('a port crosses in the transfer list and is refused without', { timeout: 30_000 }, async () => {
  const { port1, port2 } = new MessageChannel()
  assert.throws(() => cross(THREAD, { port: port1 }), {
    code: 'CANNOT_CLONE',
    path: 'value.port',
    kind: 'a MessagePort',
  })
  assert.throws(() => cross(PROCESS, { port: port1 }, [port1]), { code: 'CANNOT_CLONE', path: 'value.port' })
  const there = cross(THREAD, { port: port1, url: new URL('a:b') }, [port1])
  const heard = new Promise(resolve => port2.once('message', resolve))
  there.port.postMessage('hello', [])
  assert.equal(await heard, 'hello')
  port2.close()
})

test('what only threads can copy is left to them', async () => {
  const { createSecretKey } = await import('node:crypto')
  const { BlockList } = await import('node:net')
  const value = { blob: new Blob(['abc']), key: createSecretKey(Buffer.from('k')), list: new BlockList() }
  const there = cross(THREAD, value)
  assert.ok(there.blob instanceof Blob && there.list instanceof BlockList)
  assert.equal(await there.blob.text(), 'abc')
  assert.ok(there.key.equals(value.key))
  assert.throws(() => cross(PROCESS, value), { code: 'CANNOT_CLONE', path: 'value.blob', kind: /Blob/ })
})

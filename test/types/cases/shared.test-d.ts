import { expectTypeOf } from 'expect-type'
import { Lock, RawArray, RawValue, type RLock, share, SharedArray, struct, Value } from 'manycore'

// Values: typed by their typecode.
expectTypeOf(new Value('i').value).toEqualTypeOf<number>()
expectTypeOf(new Value('float64', 1.5).value).toEqualTypeOf<number>()
expectTypeOf(new RawValue('q').value).toEqualTypeOf<bigint>()
expectTypeOf(new RawValue('l').value).toEqualTypeOf<bigint>()
expectTypeOf(new Value('uint64', 3).value).toEqualTypeOf<bigint>()
expectTypeOf(new Value('c', 'a').value).toEqualTypeOf<string>()

// Where it reads as a bigint, numbers can be stored too.
const wide = new Value('q', 5)
wide.value = 7
wide.value = 7n
// @ts-expect-error -- a text
wide.value = '7'
// @ts-expect-error -- a bigint for a float
void new Value('d', 1n)
// @ts-expect-error -- an unknown type
void new Value('x')
// @ts-expect-error -- an unknown option
void new Value('i', 0, { locked: true })

// Atomic: what the type can do.
expectTypeOf(new Value('i').atomic.add(1)).toEqualTypeOf<number>()
expectTypeOf(wide.atomic.compareExchange(1, 2n)).toEqualTypeOf<bigint>()
expectTypeOf(new Value('d').atomic.exchange(1)).toEqualTypeOf<number>()
expectTypeOf(new Value('c').atomic.load()).toEqualTypeOf<string>()
// @ts-expect-error -- a float has no bits to mask
new Value('d').atomic.and(1)
// @ts-expect-error -- a character is not added to
new Value('c').atomic.add(1)

// The lock: an RLock, or the one that was given.
const lock = new Lock()
expectTypeOf(new Value('i').getLock()).toEqualTypeOf<RLock>()
expectTypeOf(new Value('i', 0, { lock }).getLock()).toEqualTypeOf<Lock>()
expectTypeOf(new Value('i', 0, { lock: false }).getLock()).toEqualTypeOf<never>()
// @ts-expect-error -- a raw value has none
new RawValue('i').getLock()

// Arrays: the language's own.
const array = new SharedArray('i', 10)
expectTypeOf(array).toExtend<Int32Array>()
expectTypeOf(array.getLock()).toEqualTypeOf<RLock>()
expectTypeOf(array[0]).toEqualTypeOf<number | undefined>()
expectTypeOf(new SharedArray('d', [1, 2]).slice(1)).toExtend<Float64Array>()
expectTypeOf(new RawArray('q', [1, 2n])).toEqualTypeOf<BigInt64Array>()
expectTypeOf(new RawArray('c', 'text').value).toEqualTypeOf<string>()
// @ts-expect-error -- without a lock
new SharedArray('i', 10, { lock: false }).getLock()
// @ts-expect-error -- texts in an array of numbers
void new RawArray('i', ['a'])

// Records.
const Point = struct({ x: 'd', id: 'q' })
const Line = struct({ from: Point, name: ['c', 8], marks: ['i', 4], ends: [Point, 2] })
const line = new Value(Line, { from: { x: 1, id: 2 }, marks: [1, 2, 3, 4] }).value
expectTypeOf(line.from).toEqualTypeOf<{ x: number; id: bigint }>()
expectTypeOf(line.name).toEqualTypeOf<string>()
expectTypeOf(line.marks).toEqualTypeOf<Int32Array>()
expectTypeOf(line.ends[1]?.id).toEqualTypeOf<bigint | undefined>()
expectTypeOf(new SharedArray(Point, 3)[0]).toEqualTypeOf<{ x: number; id: bigint } | undefined>()
expectTypeOf(Point.copy(line.from)).toEqualTypeOf<{ x: number; id: bigint }>()
// @ts-expect-error -- an unknown field
void new Value(Point, { z: 1 })
// @ts-expect-error -- a type that is none
struct({ x: 'double' })
// @ts-expect-error -- not a text
line.name = 5

// share: what comes out is what went in.
expectTypeOf(share(new Float64Array(3)).get()).toExtend<Float64Array>()
expectTypeOf(share({ a: [1] }).get()).toEqualTypeOf<{ a: number[] }>()
expectTypeOf(share(new ArrayBuffer(3)).get()).toExtend<SharedArrayBuffer>()

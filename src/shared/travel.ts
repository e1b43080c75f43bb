import { registerKind, type Slot } from '../codec/index.ts'
import { type NumberView, registerHandle, type Segment } from '../memory/index.ts'
import type { Lock, RLock } from '../sync/index.ts'
import { isLayout, type Layout, layoutFromText } from './layout.ts'
import { findArray, lockOfArray, withLock } from './locked-arrays.ts'
import { placeIn } from './place.ts'
import { Arrived, RawValue, type ValueType } from './raw-value.ts'
import { MemoryRecord, type Owner, recordClass } from './record.ts'
import { Shared } from './shared.ts'
import { Struct, structFromText } from './struct.ts'
import { type Scalar, scalarNamed } from './typecodes.ts'
import { Value } from './value.ts'
import { dressView, RecordArray, scalarOfView } from './views.ts'

/*
 * How all of this travels. A value is a handle: its memory, and beside it its type and its lock. So is the buffer of a
 * segment; the arrays and views over it, and the records in it, say which buffer, and where.
 */

type AnyLock = Lock | RLock | undefined
type TypeText = readonly [form: 'scalar' | 'struct', text: string]

function textOf(type: Scalar | Layout): TypeText {
  return isLayout(type) ? ['struct', type.text] : ['scalar', type.name]
}

function typeFrom([form, text]: TypeText): Scalar | Layout {
  return form === 'struct' ? layoutFromText(text) : scalarFrom(text)
}

function scalarFrom(name: string): Scalar {
  const scalar = scalarNamed(name)
  if (!scalar) throw new TypeError(`this side knows no type ${name}`)
  return scalar
}

interface ValueData {
  readonly type: TypeText
  /** Not there on a raw value. */
  readonly lock?: AnyLock
}

registerHandle<RawValue<ValueType>>({
  name: 'value',
  from: import.meta.url,
  classes: [RawValue],
  givesMemory: value => isLayout(RawValue.partsOf(value).type),
  parts: value => [RawValue.partsOf(value).place.part],
  data(value): ValueData {
    const type = textOf(RawValue.partsOf(value).type)
    return value instanceof Value ? { type, lock: Value.lockOf(value) } : { type }
  },
  make([part], data) {
    const given = data as ValueData
    if (!part) throw new TypeError('its memory is missing')
    const arrived = new Arrived(placeIn(part), typeFrom(given.type), given.lock)
    return 'lock' in given ? new Value(arrived) : new RawValue(arrived)
  },
})

registerKind<Struct, string>({
  name: 'struct',
  module: import.meta.url,
  classes: [Struct],
  pack: type => Struct.layoutOf(type)?.text ?? '',
  make: structFromText,
})

type ArrayPayload = readonly [scalar: string, buffer: Slot, at: number, length: number, lock: Slot]

/** Typed arrays that are more than views: with a lock, or with a text. The others the codec knows. */
registerKind<NumberView, ArrayPayload>({
  name: 'shared-array',
  module: import.meta.url,
  claims: value => ArrayBuffer.isView(value) && scalarOfView(value) !== undefined,
  pack(view, packer) {
    const buffer = packer.slot(view.buffer, '.buffer')
    const lock = packer.slot(lockOfArray(view), '.getLock()')
    return [scalarOfView(view)?.name ?? '', buffer, view.byteOffset, view.length, lock]
  },
  make([name, bufferSlot, at, length, lockSlot], unpacker) {
    const buffer = unpacker.value(bufferSlot) as SharedArrayBuffer
    const lock = unpacker.value(lockSlot) as AnyLock
    const scalar = scalarFrom(name)
    const isIt = (array: object): boolean =>
      scalarOfView(array) === scalar &&
      (array as NumberView).buffer === buffer &&
      (array as NumberView).byteOffset === at
    const known = lock && findArray(lock, isIt)
    if (known) return known as NumberView
    return withLock(dressView(new scalar.View(buffer, at, length), scalar), lock)
  },
})

type RecordsPayload = readonly [layout: string, buffer: Slot, length: number, lock: Slot]

registerKind<RecordArray, RecordsPayload>({
  name: 'record-array',
  module: import.meta.url,
  classes: [RecordArray],
  pack(records, packer) {
    const { buffer, layout } = RecordArray.partsOf(records)
    const lock = packer.slot(lockOfArray(records), '.getLock()')
    return [layout.text, packer.slot(buffer, '.buffer'), records.length, lock]
  },
  make([text, bufferSlot, length, lockSlot], unpacker) {
    const buffer = unpacker.value(bufferSlot) as SharedArrayBuffer
    const lock = unpacker.value(lockSlot) as AnyLock
    const isIt = (array: object): boolean =>
      array instanceof RecordArray && RecordArray.partsOf(array).buffer === buffer
    const known = lock && findArray(lock, isIt)
    if (known) return known as RecordArray
    const records = withLock(new RecordArray(buffer, layoutFromText(text), length), lock)
    Object.freeze(records)
    return records
  },
})

type RecordPayload = readonly [owner: Slot, at: number, layout: string]

/** A record by itself: what it lies in goes along. */
registerKind<MemoryRecord, RecordPayload>({
  name: 'record',
  module: import.meta.url,
  classes: [MemoryRecord],
  pack(record, packer) {
    const place = MemoryRecord.placeOf(record)
    if (!place) return packer.refuse('a record without memory', 'Send a copy of it.')
    return [packer.slot(place.owner.thing, '!'), place.at, place.layout.text]
  },
  make([ownerSlot, at, text], unpacker) {
    const owner = ownerOf(unpacker.value(ownerSlot))
    return new (recordClass(layoutFromText(text)))(owner, at)
  },
})

function ownerOf(thing: unknown): Owner {
  const record = thing instanceof RecordArray ? thing[0] : (thing as RawValue<Struct>).value
  const owner = MemoryRecord.placeOf(record)?.owner
  if (!owner) throw new TypeError('what the record lies in has no records')
  return owner
}

interface SharedData {
  readonly length: number
  readonly isGraph: boolean
}

registerHandle<Shared>({
  name: 'shared',
  from: import.meta.url,
  classes: [Shared],
  givesMemory: () => true,
  parts: shared => Shared.encodedOf(shared).segments,
  data(shared): SharedData {
    const { length, isGraph } = Shared.encodedOf(shared)
    return { length, isGraph }
  },
  make: (parts, data) => new Shared({ ...(data as SharedData), segments: parts as Segment[] }),
})

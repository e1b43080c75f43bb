import { types } from 'node:util'
import { createError } from '../../base/index.ts'
import type { Kind, Slot } from '../kind.ts'
import type { GraphPacker } from '../packer.ts'
import { isDetached } from '../plain.ts'
import { builtinClass } from '../realm.ts'
import { claimantOf } from '../registry.ts'
import { tracksLength } from './length-tracking.ts'

/*
 * Bytes. Structured clone sends the whole buffer behind a view: 8 KiB of other people's data behind each small
 * Buffer, a gigabyte behind a row of a matrix. Here only the bytes that some view shows are sent; views that overlap
 * still share them. A buffer that is itself in the value, is handed over, or can be resized goes whole.
 */

/** Copied, or handed over where the caller said so. */
export const BUFFER: Kind<ArrayBuffer | SharedArrayBuffer, ArrayBuffer | SharedArrayBuffer> = {
  name: 'buffer',
  claims: () => false,
  pack(buffer, packer) {
    if (types.isSharedArrayBuffer(buffer)) {
      if (packer.can.share) return buffer
      throw createError('CANNOT_SHARE_WITH_PROCESS', {
        path: (packer as GraphPacker).pathText(),
        kind: 'a SharedArrayBuffer',
      })
    }
    if (isDetached(buffer)) refuseDetached(packer as GraphPacker, 'an ArrayBuffer that')
    return buffer
  },
  make: buffer => buffer,
}

function refuseDetached(packer: GraphPacker, what: string): never {
  return packer.refuse(`${what} was transferred away`, 'Send it before it is handed over, or send a copy.')
}

/** Without a length it is as long as its buffer. */
type ViewPayload = readonly [type: string, buffer: Slot, offset: number, length: number | undefined]

export const VIEW: Kind<ArrayBufferView, ViewPayload | undefined> = {
  name: 'view',
  claims: () => false,
  pack(view, packer) {
    const walk = packer as GraphPacker
    const shared = types.isSharedArrayBuffer(view.buffer)
    if (!shared && isDetached(view.buffer)) refuseDetached(walk, `a ${typeOf(view)} whose buffer`)
    if (shared || isClaimed(view.buffer) || goesWhole(view.buffer, walk))
      return payloadOf(view, walk.slot(view.buffer, '.buffer'), 0)
    // Which bytes are needed is known at the end only.
    walk.place(view)
    return undefined
  },
  make(payload, unpacker) {
    if (!payload) throw createError('INTERNAL', { what: 'a view without bytes' })
    const [type, slot, offset, length] = payload
    const buffer = unpacker.value(slot) as ArrayBuffer
    if (type === 'Buffer') return Buffer.from(buffer, offset, length)
    const Class = builtinClass(type)
    if (!Class) throw new TypeError(`this version of Node has no ${type}`)
    return Reflect.construct(Class, [buffer, offset, length]) as ArrayBufferView
  },
}

const TYPED = Object.getPrototypeOf(Uint8Array.prototype) as object

/** `Uint8Array`, `DataView`, `Buffer`: of the class itself, where it is an instance of a subclass. */
function typeOf(view: ArrayBufferView): string {
  if (Buffer.isBuffer(view)) return 'Buffer'
  return types.isDataView(view) ? 'DataView' : String(Reflect.get(TYPED, Symbol.toStringTag, view))
}

function payloadOf(view: ArrayBufferView, buffer: Slot, start: number): ViewPayload {
  const length = types.isDataView(view) ? view.byteLength : (view as Uint8Array).length
  const follows = mayFollow(view.buffer) && tracksLength(view)
  return [typeOf(view), buffer, view.byteOffset - start, follows ? undefined : length]
}

/** What can be shared is seen by others: views of it count as fixed. */
function mayFollow(buffer: ArrayBufferLike & { readonly resizable?: boolean }): boolean {
  return buffer.resizable === true
}

/** Memory that another kind knows better. It shows by its class that it is not the ordinary one. */
function isClaimed(buffer: ArrayBufferLike): boolean {
  return Object.getPrototypeOf(buffer) !== ArrayBuffer.prototype && claimantOf(buffer) !== undefined
}

function goesWhole(buffer: ArrayBufferLike, packer: GraphPacker): boolean {
  const { resizable } = buffer as { readonly resizable?: boolean }
  return resizable === true || (packer.can.transfer && packer.transfer.has(buffer))
}

/** The views that wait for their bytes. */
export type Waiting = readonly (readonly [view: ArrayBufferView, setPayload: (payload: unknown) => void])[]

/** Cuts the bytes that are needed out of each buffer. */
export function placeViews(waiting: Waiting, packer: GraphPacker): void {
  const byBuffer = new Map<ArrayBuffer, Waiting[number][]>()
  for (const entry of waiting) {
    const buffer = entry[0].buffer as ArrayBuffer
    const list = byBuffer.get(buffer)
    if (list) list.push(entry)
    else byBuffer.set(buffer, [entry])
  }
  for (const [buffer, list] of byBuffer) {
    if (packer.has(buffer)) for (const entry of list) set(entry, packer.slot(buffer, '.buffer'), 0)
    else placeOverlapping(buffer, list, packer)
  }
}

function set([view, setPayload]: Waiting[number], buffer: Slot, start: number): void {
  setPayload(payloadOf(view, buffer, start))
}

/** Views that show a byte in common get one buffer together, any other one of its own. */
function placeOverlapping(buffer: ArrayBuffer, list: Waiting[number][], packer: GraphPacker): void {
  list.sort(([a], [b]) => a.byteOffset - b.byteOffset)
  for (let from = 0; from < list.length; ) {
    let to = from
    let end = 0
    for (; to < list.length; to++) {
      const view = (list[to] as Waiting[number])[0]
      if (to > from && view.byteOffset >= end) break
      end = Math.max(end, view.byteOffset + view.byteLength)
    }
    const group = list.slice(from, to)
    // Offsets within the cut must stay multiples of any item size.
    const start = Math.floor((group[0] as Waiting[number])[0].byteOffset / 8) * 8
    const whole = start === 0 && end === buffer.byteLength
    const slot = packer.slot(whole ? buffer : ArrayBuffer.prototype.slice.call(buffer, start, end), '.buffer')
    for (const entry of group) set(entry, slot, start)
    from = to
  }
}

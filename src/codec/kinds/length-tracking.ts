import { types } from 'node:util'

/*
 * A view of a resizable buffer that was made without a length is as long as the buffer is. Nothing says so but a
 * change of the buffer's length, which is taken back before anyone can see it.
 */

interface Resizable extends ArrayBuffer {
  readonly maxByteLength: number
  resize(length: number): void
}

/** Does this view follow the length of its resizable buffer? */
export function tracksLength(view: ArrayBufferView): boolean {
  const buffer = view.buffer as Resizable
  const { byteLength, maxByteLength } = buffer
  const step = types.isDataView(view) ? 1 : (view as Uint8Array).BYTES_PER_ELEMENT
  if (byteLength - view.byteOffset - view.byteLength >= step) return false
  try {
    return byteLength + step <= maxByteLength ? grows(view, buffer, step) : staysInside(view, buffer, step)
  } catch {
    // There is no memory to grow into.
    return false
  }
}

function grows(view: ArrayBufferView, buffer: Resizable, step: number): boolean {
  const [before, length] = [view.byteLength, buffer.byteLength]
  buffer.resize(length + step)
  const grown = view.byteLength > before
  buffer.resize(length)
  return grown
}

/** In a buffer that can't grow: a view of a fixed length ends outside of a shorter one. */
function staysInside(view: ArrayBufferView, buffer: Resizable, step: number): boolean {
  const length = buffer.byteLength
  if (length < step) return false
  const last = new Uint8Array(buffer, length - step).slice()
  buffer.resize(length - step)
  const inside = isInside(view)
  buffer.resize(length)
  new Uint8Array(buffer).set(last, length - step)
  return inside
}

function isInside(view: ArrayBufferView): boolean {
  try {
    if (types.isDataView(view)) return view.byteLength >= 0
    Uint8Array.prototype.keys.call(view)
    return true
  } catch {
    return false
  }
}

import { types } from 'node:util'
import { describe } from '../../base/index.ts'
import type { Kind } from '../kind.ts'
import type { GraphPacker } from '../packer.ts'
import { HAND_OVER, isSocket } from '../refusal.ts'

/*
 * Objects of the platform that only `postMessage` itself can clone (Blob, KeyObject, BlockList …) or move
 * (MessagePort, streams, FileHandle). They stay what they are; their classes say by a symbol of Node's own which
 * of the two they can, so none of the modules that define them has to be loaded to ask.
 */

const CLONE = 'messaging_clone_symbol'
const TRANSFER = 'messaging_transfer_symbol'

/** What `postMessage` copies, between threads only. */
export const CLONEABLE: Kind<object, object> = {
  name: 'cloneable',
  claims: isCloneable,
  pack(value, packer) {
    if (packer.can.share) return value
    return packer.refuse(
      describe(value),
      'Only threads of one process can copy it: send its data instead, or use a Thread or ThreadPool.',
    )
  },
  make: value => value,
}

const THERE = 'Make it on the other side, inside the function'

/** What `postMessage` moves, if it is in the transfer list. */
export const MOVABLE: Kind<object, object> = {
  name: 'movable',
  claims: isMovable,
  pack(value, packer) {
    const { transfer, can } = packer as GraphPacker
    if (can.transfer && transfer.has(value)) return value
    const what = describe(value)
    if (value instanceof AbortSignal)
      packer.refuse(what, 'Give it to the call instead, as its option signal.')
    // On newer Nodes threads can move sockets too.
    if (isSocket(value)) packer.refuse(what, `${HAND_OVER} ${THERE}.`)
    const handOver = can.transfer
      ? 'or hand it over, if the call takes the option transfer: name it there too'
      : 'only threads could be handed it'
    return packer.refuse(what, `${THERE}; ${handOver}.`)
  },
  make: value => value,
}

/** By prototype: which of the two its class can. */
const abilities = new WeakMap<object, { readonly clone: boolean; readonly move: boolean }>()

function abilitiesOf(value: unknown): { readonly clone: boolean; readonly move: boolean } {
  const proto = Object.getPrototypeOf(value) as object | null
  if (!proto) return { clone: false, move: false }
  let found = abilities.get(proto)
  if (!found) {
    found = { clone: hasMethod(proto, CLONE), move: hasMethod(proto, TRANSFER) }
    abilities.set(proto, found)
  }
  return found
}

/** Does the class itself have the method of this symbol? A subclass would arrive as its base class. */
function hasMethod(proto: object, description: string): boolean {
  return Object.getOwnPropertySymbols(proto).some(symbol => symbol.description === description)
}

export function isCloneable(value: unknown): boolean {
  if (abilitiesOf(value).clone || types.isKeyObject(value) || types.isCryptoKey(value)) return true
  return Object.prototype.toString.call(value) === '[object WebAssembly.Module]'
}

export function isMovable(value: unknown): boolean {
  return abilitiesOf(value).move || value instanceof MessagePort
}

/** Can this be in a transfer list at all? */
export function isTransferable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value instanceof ArrayBuffer || isMovable(value))
}

import { classAt, type Kind, type Packer, type Slot } from '../codec/index.ts'

/*
 * The prototype of a function or class goes by its owner, so that it is one and the same object over there, wherever
 * it is met: `P === A.prototype`, and an instance among the arguments is one of the function that was captured.
 */

interface PrototypeNode {
  readonly of: Slot
}

/** Functions whose prototype was replaced by an object that does not say whose it is. */
let hasOwners = false
const owners = new WeakMap<object, Function>()

/** The function whose `prototype` this is, if that is known. */
export function ownerOf(prototype: object): Function | undefined {
  const constructor = Object.hasOwn(prototype, 'constructor') ? classAt(prototype) : undefined
  if (constructor && isByNature(constructor)) return constructor
  const owner = hasOwners ? owners.get(prototype) : undefined
  return owner?.prototype === prototype ? owner : undefined
}

/** An arrow's is a property like others, which is put on when the arrow is there. */
function isByNature(fn: Function): boolean {
  return Object.getOwnPropertyDescriptor(fn, 'prototype')?.configurable === false
}

/** Notes whose prototype this is, where it does not say so itself. */
export function noteOwner(prototype: object, owner: Function): void {
  if (ownerOf(prototype)) return
  owners.set(prototype, owner)
  hasOwners = true
}

/** Has this graph an object that was taken for one like others, before it was known whose prototype it is? */
export function isTakenApart(prototype: object, packer: Packer): boolean {
  return packer.has(prototype) && !packer.awaits(prototype) && !knownIn(packer).has(prototype)
}

function knownIn(packer: Packer): Set<object> {
  return packer.memo('prototype', () => new Set())
}

export const prototypeKind: Kind<object, PrototypeNode> = {
  name: 'prototype',
  claims: value => typeof value === 'object' && value !== null && ownerOf(value) !== undefined,
  claimsRecord: value => ownerOf(value) !== undefined,
  pack(prototype, packer) {
    knownIn(packer).add(prototype)
    return { of: packer.slot(ownerOf(prototype), '.constructor') }
  },
  make: ({ of }, unpacker) => (unpacker.value(of) as { readonly prototype: object }).prototype,
  behind: ({ of }) => [of],
}

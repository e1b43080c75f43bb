import type { Kind, Slot } from '../codec/index.ts'

/*
 * The `prototype` of a function, as a value of its own: over there it is that of the function again.
 */

/** The function whose `prototype` this is. Runs no getter. */
export function prototypeMaker(value: unknown): Function | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'constructor')) return undefined
  const maker: unknown = Object.getOwnPropertyDescriptor(value, 'constructor')?.value
  return typeof maker === 'function' && maker.prototype === value ? maker : undefined
}

export const prototypeKind: Kind<object, Slot> = {
  name: 'prototype',
  claims: value => prototypeMaker(value) !== undefined,
  pack: (value, packer) => packer.slot(prototypeMaker(value), '.constructor'),
  make: (slot, unpacker) => (unpacker.value(slot) as Function).prototype as object,
}

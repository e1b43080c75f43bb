import type { Kind, Slot } from '../codec/index.ts'
import { freshIn } from './rebuild.ts'
import { fillProperties, hungKeys, ownProperty, packProperties, type PropertyNode } from './properties.ts'

/*
 * A member that a class's text makes, where it lies under another key as well, or something hangs on it: over there it
 * is taken from the class that the text has made, so that it keeps its `super` and `#x`, and both are one.
 */

/** Where the text puts it. */
interface MemberPlace<Key> {
  readonly onPrototype: boolean
  readonly key: Key
  readonly part: 'value' | 'get' | 'set'
}

interface MemberNode extends MemberPlace<Slot> {
  readonly class: Slot
  readonly own: readonly PropertyNode[]
}

/** Packed instead of the member. */
export class MemberOf {
  readonly member: Function
  readonly class: Function
  readonly place: MemberPlace<PropertyKey>

  constructor(member: Function, of: Function, place: MemberPlace<PropertyKey>) {
    this.member = member
    this.class = of
    this.place = place
  }
}

export const memberKind: Kind<unknown, MemberNode> = {
  name: 'member',
  claims: value => value instanceof MemberOf,
  pack(value, packer) {
    const { member, class: of, place } = value as MemberOf
    const own = packProperties(member, hungKeys(member), packer)
    return { class: packer.slot(of, ''), ...place, key: packer.slot(place.key, ''), own }
  },
  make({ class: of, onPrototype, key, part }, unpacker) {
    const made = unpacker.value(of) as { readonly prototype: object }
    return ownProperty(onPrototype ? made.prototype : made, unpacker.value(key) as PropertyKey)[part]
  },
  fill(made, { class: of, own }, unpacker) {
    if (freshIn(unpacker).has(unpacker.value(of) as Function)) fillProperties(made as object, own, unpacker)
  },
}

import { classNamed } from '../classes.ts'
import type { Kind, Slot } from '../kind.ts'

/** An instance of a registered class that says itself what crosses. Taken apart by the packer, which knows the class. */
export const CLASS: Kind<object, readonly [name: string, packed: Slot]> = {
  name: 'class',
  claims: () => false,
  pack: () => ['', null],
  make([name, packed], unpacker) {
    const entry = classNamed(name)
    if (!entry?.unpack) throw new Error(`no class is registered here as ${name}`)
    const made = entry.unpack(unpacker.complete(packed))
    if (typeof made !== 'object' || made === null) throw new Error(`unpack of ${name} gave no object`)
    return made
  },
}

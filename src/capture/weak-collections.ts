import { types } from 'node:util'
import type { Kind, Slot } from '../codec/index.ts'
import { weakEntries } from './inspect.ts'

/*
 * WeakMaps and WeakSets. Compilers keep `#private` members in them where the target is old, and programs their
 * caches. The copy holds its keys as weakly: what nothing else in the worker holds is gone soon.
 */

interface WeakNode {
  readonly map: boolean
  readonly entries: readonly (readonly [key: Slot, value: Slot])[]
}

type Weak = WeakMap<object, unknown> | WeakSet<object>

/** More than this is a store of this thread, not something that belongs to a function. */
const MOST_ENTRIES = 1000

export const weakKind: Kind<Weak, WeakNode> = {
  name: 'weak collection',
  claims: value => types.isWeakMap(value) || types.isWeakSet(value),
  pack(collection, packer) {
    const entries = weakEntries(collection)
    if (entries.length > MOST_ENTRIES) {
      const kind = types.isWeakMap(collection) ? 'WeakMap' : 'WeakSet'
      packer.refuse(
        `a ${kind} with ${entries.length} entries`,
        'Send the entries that are needed, or make it inside the function.',
      )
    }
    return {
      map: types.isWeakMap(collection),
      entries: entries.map(([key, value]) => [packer.slot(key, ' → key'), packer.slot(value, ' → value')]),
    }
  },
  make: ({ map }) => (map ? new WeakMap<object, unknown>() : new WeakSet<object>()),
  fill(collection, { entries }, unpacker) {
    for (const [key, value] of entries) {
      const made = unpacker.value(key) as object
      if (types.isWeakMap(collection))
        (collection as WeakMap<object, unknown>).set(made, unpacker.value(value))
      else (collection as WeakSet<object>).add(made)
    }
  },
}

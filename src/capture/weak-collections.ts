import { types } from 'node:util'
import type { Kind, Slot } from '../codec/index.ts'
import { weakEntries } from './inspect.ts'
import { adopt, atHome, originOf } from './origins.ts'

/*
 * WeakMaps and WeakSets. Compilers keep `#private` members in them where the target is old, helpers and programs
 * their caches. An entry travels when its key does. The copy holds its keys as weakly; a worker has one copy of each
 * collection, so that an object finds its private members whenever it comes.
 */

interface WeakNode {
  readonly map: boolean
  readonly entries: (readonly [key: Slot, value: Slot])[]
  readonly origin?: string
}

type Weak = WeakMap<object, unknown> | WeakSet<object>

export const weakKind: Kind<Weak, WeakNode> = {
  name: 'weak collection',
  claims: value => types.isWeakMap(value) || types.isWeakSet(value),
  pack(collection, packer) {
    const left = new Map(weakEntries(collection))
    const entries: WeakNode['entries'] = []
    packer.afterwards(() => {
      for (const [key, value] of left) {
        if (!packer.has(key)) continue
        left.delete(key)
        entries.push([packer.slot(key, ' → key'), packer.slot(value, ' → value')])
      }
    })
    return { map: types.isWeakMap(collection), entries, origin: originOf(collection) }
  },
  make({ map, origin }) {
    const known = origin === undefined ? undefined : (atHome(origin, 'weak') as Weak | undefined)
    if (known) return known
    const made = map ? new WeakMap<object, unknown>() : new WeakSet<object>()
    if (origin !== undefined) adopt(origin, made, 'weak')
    return made
  },
  fill(collection, { entries }, unpacker) {
    for (const [key, value] of entries) {
      const made = unpacker.value(key) as object
      if (types.isWeakMap(collection))
        (collection as WeakMap<object, unknown>).set(made, unpacker.value(value))
      else (collection as WeakSet<object>).add(made)
    }
  },
}

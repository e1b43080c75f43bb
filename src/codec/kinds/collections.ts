import type { Kind, Slot } from '../kind.ts'

/** Key, value, key, value … */
export const MAP: Kind<Map<unknown, unknown>, readonly Slot[]> = {
  name: 'map',
  claims: () => false,
  pack(map, packer) {
    const slots: Slot[] = []
    // The class's own `forEach`: a subclass may count or hide what it shows.
    Map.prototype.forEach.call(map, (value, key) => {
      const at = slots.length / 2
      slots.push(packer.slot(key, `!.keys()[${at}]`), packer.slot(value, entryLabel(key, at)))
    })
    return slots
  },
  make: () => new Map(),
  fill(map, slots, unpacker) {
    for (let i = 0; i + 1 < slots.length; i += 2) {
      Map.prototype.set.call(map, unpacker.value(slots[i]), unpacker.value(slots[i + 1]))
    }
  },
}

function entryLabel(key: unknown, at: number): string {
  if (typeof key === 'string') return `!.get(${JSON.stringify(key)})`
  return typeof key === 'number' ? `!.get(${key})` : `!.values()[${at}]`
}

export const SET: Kind<Set<unknown>, readonly Slot[]> = {
  name: 'set',
  claims: () => false,
  pack(set, packer) {
    const slots: Slot[] = []
    Set.prototype.forEach.call(set, item => {
      slots.push(packer.slot(item, `!.values()[${slots.length}]`))
    })
    return slots
  },
  make: () => new Set(),
  fill(set, slots, unpacker) {
    for (const slot of slots) Set.prototype.add.call(set, unpacker.value(slot))
  },
}

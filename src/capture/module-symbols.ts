import type { Kind } from '../codec/index.ts'
import { type Held, type Holder, holderOf, learn, nameOf, valueAt } from './module-keeps.ts'
import { needModule } from './modules.ts'

/** Symbols that a module keeps: over there, the one that the module has in the same place. */
export const symbolKind: Kind<symbol, Holder> = {
  name: 'symbol of a module',
  claims: value => typeof value === 'symbol' && holderOf(value) !== undefined,
  pack(symbol, packer) {
    const held = holderOf(symbol) as Held
    const { fn: _, ...holder } = held
    needModule(packer, holder.module)
    return holder
  },
  make(holder) {
    const found = valueAt(holder)
    if (typeof found !== 'symbol')
      throw new Error(`${holder.module.from} has no symbol ${nameOf(holder)} here`)
    learn(found, holder)
    return found
  },
}

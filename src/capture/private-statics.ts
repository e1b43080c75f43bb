import { type Packer, type Slot, takeBack } from '../codec/index.ts'
import type { ClassBody } from './class-body.ts'
import type { Edit } from './edits.ts'
import { canInspect, privateValues } from './inspect.ts'
import { walk } from './walks.ts'

/*
 * Private static fields have the values that they have now, too. The engine shows them; only code of the class itself
 * can set them, so its text gets a static block that hands setters out.
 */

/** Without those to which evaluating the class gives the same value again. */
export function privateStatics(
  fn: Function,
  { privateStatics: all }: ClassBody,
  packer: Packer,
): readonly (readonly [name: string, value: Slot])[] {
  const open = all.filter(({ settled }) => !settled)
  if (open.length === 0 || !canInspect()) return NONE
  const values = privateValues(fn)
  return open
    .filter(({ name, assigned }) => values.has(name) && (assigned || travels(values.get(name), packer)))
    .map(({ name }) => [name, packer.slot(values.get(name), ` → #${name}`)] as const)
}

const NONE: readonly [] = []
const tried = new Set<unknown>()

/** Where nothing assigns to it, its initialiser makes one over there that is as good, of a socket for instance. */
function travels(value: unknown, { can }: Packer): boolean {
  if (typeof value !== 'object' && typeof value !== 'function') return true
  // It leads back to the class.
  if (value === null || tried.has(value)) return true
  tried.add(value)
  try {
    takeBack(walk(value, { path: 'static', can }, error => error).graph)
    return true
  } catch {
    return false
  } finally {
    tried.delete(value)
  }
}

/** The static block, at the end of the class's text. */
export function settersOf(
  fields: readonly (readonly [name: string, value: Slot])[],
  holder: string,
  text: string,
): Edit {
  const setters = fields.map(([name]) => `${holder}.${name}=$v=>{this.#${name}=$v}`)
  const end = text.length - 1
  return { start: end, end, text: `static{${setters.join(';')}}` }
}

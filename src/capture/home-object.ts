import { scopeAt } from './bindings.ts'
import type { Form } from './parse.ts'
import type { Place } from './scripts.ts'

/** What the `super` or the private names of a function belong to: decides what can be written instead. */
export type Home = 'of a class' | 'of an object' | 'of what is around'

export function homeOf(form: Form, place: Place | undefined): Home {
  if (form !== 'method') return 'of what is around'
  const root = place?.script.info?.analysis.root
  if (!root || place.offset === undefined) return 'of a class'
  return scopeAt(root, place.offset).kind === 'class' ? 'of a class' : 'of an object'
}

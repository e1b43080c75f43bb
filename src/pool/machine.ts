import { createError } from '../base/index.ts'
import type { StateTable } from './plan-table.ts'

/** Whatever moves through the states of a table. */
export interface Stateful<S extends string> {
  state: S
}

/** Turns a table into a function that moves things through it, and tells of what the table forbids. */
export function machine<S extends string, E extends string>(
  table: StateTable<S, E>,
): (thing: Stateful<S>, event: E) => S {
  // Plain objects, read at every step of every task.
  const next = {} as Record<E, Record<S, S | undefined>>
  for (const { from, event, to } of table.transitions) {
    next[event] ??= {} as Record<S, S | undefined>
    next[event][from] = to
  }
  return (thing, event) => {
    const to = next[event]?.[thing.state]
    if (to === undefined) {
      throw createError('INTERNAL', {
        what: `${table.title.toLowerCase()} in state ${thing.state} got ${event}`,
      })
    }
    thing.state = to
    return to
  }
}

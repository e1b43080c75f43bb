import type { Portable } from '../capture/index.ts'
import type { Member } from './member.ts'

/** So many are kept, the latest. */
const MOST = 16

/**
 * What a pool's workers have run lately, so that spare ones can be ready for it: loading a function's modules takes
 * longer than taking over. Only functions that will be called as they are now: others are made anew at each call.
 */
export class Repertoire {
  readonly #members: { values(): Iterable<Member> }
  readonly #functions = new Map<string, Portable>()
  #last: Portable | undefined

  constructor(members: { values(): Iterable<Member> }) {
    this.#members = members
  }

  /** This one is ready to work, perhaps as a spare. */
  learn({ plan, worker }: Member): void {
    if (plan.state === 'spare') worker?.prepare([...this.#functions.values()])
  }

  /** It has been run to its end. */
  add(fn: Portable): void {
    if (fn === this.#last) return
    this.#last = fn
    if (!fn.stable || this.#functions.has(fn.hash)) return
    this.#functions.set(fn.hash, fn)
    if (this.#functions.size > MOST) this.#functions.delete([...this.#functions.keys()][0] as string)
    for (const { plan, worker } of this.#members.values()) if (plan.state === 'spare') worker?.prepare([fn])
  }
}

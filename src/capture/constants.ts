import type { Kind, Slot } from '../codec/index.ts'

/*
 * A captured name is a parameter of what is evaluated over there. To assign to a `const` has to throw there as it does
 * here, so a function that does it uses the variable through one of these.
 */

/** Holds the value of a `const`, as `v`. */
export class Constant {
  #value: unknown

  constructor(value: unknown) {
    this.#value = value
  }

  /** Gives it the value that it did not have yet when it was made. */
  static fill(constant: Constant, value: unknown): void {
    constant.#value = value
  }

  get v(): unknown {
    return this.#value
  }

  set v(_value: unknown) {
    throw new TypeError('Assignment to constant variable.')
  }
}

export const constantKind: Kind<Constant, { readonly v: Slot }> = {
  name: 'constant',
  claims: value => value instanceof Constant,
  pack: (constant, packer) => ({ v: packer.slot(constant.v, '') }),
  make: () => new Constant(undefined),
  fill(constant, { v }, unpacker) {
    Constant.fill(constant, unpacker.value(v))
  },
}

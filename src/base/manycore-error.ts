const BRAND = Symbol.for('manycore.error')

/**
 * The root of every error that manycore makes.
 *
 * Recognised by a registered symbol rather than by `instanceof`, because two copies of the package, or two
 * realms (a test runner's sandbox and the main one), may meet in one program.
 */
export class ManycoreError extends Error {
  /** Stable name of what happened, from the error table. Match on this, not on the text. */
  readonly code: string

  /** Made by manycore alone. */
  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  /** The name of its class. */
  override get name(): string {
    return this.constructor.name
  }

  /** Tells an error of manycore from all others, one of another copy of it too. */
  get [BRAND](): true {
    return true
  }

  /**
   * Is this value an error made by manycore, by whichever copy of it?
   * @example
   * ManycoreError.is(new TypeError('no'))   // false
   */
  static is(value: unknown): value is ManycoreError {
    return typeof value === 'object' && value !== null && BRAND in value
  }
}

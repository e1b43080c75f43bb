/** What came of one input. */
export type Outcome = Done | Failed | Stopped

/** The function returned. */
export interface Done {
  readonly state: 'done'
  readonly input: string
  /** Its result as JSON text; `undefined` when it returned nothing. */
  readonly json: string | undefined
  /** Milliseconds in the function. */
  readonly ms: number
  /** Read from the journal of an earlier run, and not run now. */
  readonly recorded: boolean
}

/** The function threw, ran too long, or took its worker down; or the input could not be read. */
export interface Failed {
  readonly state: 'failed'
  readonly input: string
  readonly failure: Failure
}

/** The run was stopped before this one finished. */
export interface Stopped {
  readonly state: 'stopped'
  readonly input: string
}

/** An error as it is printed and kept in the journal. */
export interface Failure {
  readonly name: string
  readonly code?: string
  readonly message: string
}

/** Makes plain data of whatever was thrown. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const code: unknown = Reflect.get(error, 'code')
  const { name, message } = error
  return typeof code === 'string' || typeof code === 'number'
    ? { name, code: String(code), message }
    : { name, message }
}

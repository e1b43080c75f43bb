import { CancelledError, createError, type ManycoreError, reasonText } from '../base/index.ts'

/** What everybody is told when the initializer of a pool failed. */
export function initializerError(
  pool: string,
  initializer: { readonly name: string } | undefined,
  cause: unknown,
): ManycoreError {
  return createError(
    'INITIALIZER_FAILED',
    { pool, initializer: initializer?.name || '(anonymous)', reason: reasonText(cause) },
    { cause },
  )
}

type ErrorClass = new (code: string, message: string, options?: { readonly cause?: unknown }) => ManycoreError

/** Another error that says the same, for the next who is told: each may add to its own. */
export function copyOf(error: ManycoreError): ManycoreError {
  const { stackTraceLimit } = Error
  // It keeps the first one's stack, so none has to be gathered.
  Error.stackTraceLimit = 0
  const copy = new (error.constructor as ErrorClass)(error.code, error.message)
  Error.stackTraceLimit = stackTraceLimit
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(error))
}

/** What a task's `AbortSignal` gives as its reason: plain data, as it has to cross. */
export function reasonOf(failure: unknown): string {
  return failure instanceof Error ? (failure.message.split('\n')[0] as string) : String(failure)
}

/** Does this error of ours say that work was cancelled? (What a task throws is not asked: it may be anything.) */
export function isCancel(error: unknown): boolean {
  return error instanceof CancelledError && error.code === 'TASK_CANCELLED'
}

import { createError, type ManycoreError } from '../base/index.ts'

/** What everybody is told when the initializer of a pool failed. */
export function initializerError(
  pool: string,
  initializer: { readonly name: string } | undefined,
  cause: unknown,
): ManycoreError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return createError(
    'INITIALIZER_FAILED',
    { pool, initializer: initializer?.name || '(anonymous)', reason },
    { cause },
  )
}

/** What a task's `AbortSignal` gives as its reason: plain data, as it has to cross. */
export function reasonOf(failure: unknown): string {
  return failure instanceof Error ? (failure.message.split('\n')[0] as string) : String(failure)
}

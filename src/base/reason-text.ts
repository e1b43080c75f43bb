import { describe } from './describe.ts'

/** What an error says of itself; of anything else that was thrown or given as a reason, what it is. */
export function reasonText(reason: unknown): string {
  if (reason instanceof Error) return reason.message
  return typeof reason === 'string' ? reason : describe(reason)
}

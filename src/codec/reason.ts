import { describe } from '../base/index.ts'

/** The text of whatever was thrown, which may itself throw when it is asked. */
export function reasonText(reason: unknown): string {
  try {
    if (!(reason instanceof Error)) return describe(reason)
    const { message } = reason as { readonly message: unknown }
    return (String(message) || reason.name).split('\n')[0] ?? ''
  } catch {
    return 'something that can not be shown'
  }
}

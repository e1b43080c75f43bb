/**
 * The stack of an error, or of what `captureStackTrace` has marked, as text. A program's own `prepareStackTrace` may
 * make anything else of it: call sites are told in the usual way, of what is neither nothing is told.
 */
export function stackText(holder: { readonly stack?: unknown } | undefined): string {
  try {
    const stack = holder?.stack
    if (typeof stack === 'string') return stack
    return Array.isArray(stack) && stack.every(isCallSite)
      ? stack.map(at => `    at ${at.toString()}`).join('\n')
      : ''
  } catch {
    return ''
  }
}

function isCallSite(value: unknown): value is { toString(): string } {
  return typeof (value as { getFileName?: unknown } | null)?.getFileName === 'function'
}

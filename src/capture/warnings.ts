const MOST_REMEMBERED = 1000
const warned = new Set<string>()

/** D2: says once per function that an assignment inside changes only the worker's copy. */
export function warnAssigned(fn: string, variable: string, at: string, declaredAt: string | undefined): void {
  const key = `${at} ${fn} ${variable}`
  if (warned.has(key)) return
  if (warned.size >= MOST_REMEMBERED) warned.clear()
  warned.add(key)
  const declared = declaredAt && declaredAt !== at ? `, declared at ${declaredAt}` : ''
  process.emitWarning(
    `${fn} assigns to the variable ${variable}${declared}: in a worker only a copy changes, this program does not see it`,
    {
      type: 'ManycoreWarning',
      code: 'CAPTURED_ASSIGNMENT',
      detail: `${at ? `${fn} is at ${at}\n` : ''}Return the new value, or share it with new Value(). strict: true, or MANYCORE_STRICT=1, makes this an error.`,
    },
  )
}

/** A short name for a value in an error text: `a string ('abc')`, `an array of 3`, `undefined`. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  switch (typeof value) {
    case 'string':
      return `the string '${value.length > 40 ? `${value.slice(0, 37)}…` : value}'`
    case 'function':
      return `the function ${value.name || '(anonymous)'}`
    case 'object': {
      if (Array.isArray(value)) return `an array of ${value.length}`
      const name = Object.getPrototypeOf(value)?.constructor?.name
      if (typeof name !== 'string' || name === 'Object') return 'an object'
      return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
    }
    case 'bigint':
      return `${value}n`
    default:
      // oxlint-disable-next-line typescript/no-base-to-string -- a number, boolean or symbol, never an object
      return String(value)
  }
}

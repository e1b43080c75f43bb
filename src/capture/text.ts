/** A function's source, as the engine keeps it, whatever the function's own `toString` says. */
export function textOf(fn: Function): string {
  return Function.prototype.toString.call(fn)
}

import { types } from 'node:util'
import { isStrict, scopeAt } from './bindings.ts'
import type { Inspected } from './inspect.ts'
import type { Place } from './scripts.ts'

/** Does the engine run this function as strict code? Its text alone does not say: that is inherited. */
export function runsStrict(
  fn: Function,
  form: string,
  inspected: Inspected,
  { script, offset }: Partial<Place>,
): boolean {
  if (form === 'class' || script?.isModule || inspected.scopes.some(isModuleScope)) return true
  if (form === 'function' && !types.isAsyncFunction(fn) && !types.isGeneratorFunction(fn))
    return !isSloppy(fn)
  if (script && !script.url.startsWith('file:') && WEBPACK_MODULE.test(script.source ?? '')) return true
  const root = script?.info?.analysis.root
  return root !== undefined && offset !== undefined && isStrict(scopeAt(root, offset))
}

function isModuleScope({ description }: Inspected['scopes'][number]): boolean {
  return description === 'Module'
}

/**
 * Of plain functions the engine tells: sloppy ones have a `caller`, of their own up to Node 24, and from then on by an
 * accessor that throws for all others.
 */
function isSloppy(fn: Function): boolean {
  if (Object.hasOwn(fn, 'caller')) return true
  try {
    Reflect.get(Function.prototype, 'caller', fn)
    return true
  } catch {
    return false
  }
}

/** What webpack writes at the head of what was an ES module; for development it is evaluated inside of strict code. */
const WEBPACK_MODULE = /\b__webpack_require__\.r\(__webpack_exports__\)/

import type { Binding } from './bindings.ts'

/** Node gives each module its `require`, test runners' wrappers do by a parameter; another is the user's own. */
export function isRequireOfModule(value: unknown, binding: Binding | undefined): boolean {
  if (typeof value !== 'function' || !('resolve' in value)) return false
  return binding === undefined || binding.kind === 'param'
}

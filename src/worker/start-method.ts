import { checkKnown, checkOneOf, createError } from '../base/index.ts'
import { identity, START_METHODS, type StartMethod } from './identity.ts'
import { endSpares } from './spares.ts'

/**
 * How processes and threads are started: `'warm'` (default) takes a spare one that is kept ready where there is one,
 * `'spawn'` starts a new one each time. Python: `set_start_method`.
 * @param options `force: true` to set it again
 * Errors: `CONTEXT_ALREADY_SET`, `WRONG_OPTION`, `UNKNOWN_OPTION`.
 * @example
 * import { setStartMethod, getStartMethod } from 'manycore'
 * setStartMethod('spawn')
 * getStartMethod()   // 'spawn'
 */
export function setStartMethod(method: StartMethod, options: { force?: boolean } = {}): void {
  checkMethod('setStartMethod', method)
  checkKnown('setStartMethod', options, ['force'], '{ force: true }')
  const { force = false } = options
  checkOneOf('setStartMethod', 'force', force, [true, false])
  if (identity.startMethodSet && !force)
    throw createError('CONTEXT_ALREADY_SET', { method: identity.startMethod })
  identity.setStartMethod(method)
  if (method !== 'warm') endSpares()
}

/**
 * The start method in force. Python: `get_start_method`.
 * @example
 * import { getStartMethod } from 'manycore'
 * getStartMethod()   // 'warm' unless it was set
 */
export function getStartMethod(): StartMethod {
  return identity.startMethod
}

/**
 * All start methods, the default first. Python: `get_all_start_methods`.
 * @example
 * import { getAllStartMethods } from 'manycore'
 * getAllStartMethods()   // ['warm', 'spawn']
 */
export function getAllStartMethods(): StartMethod[] {
  return [...START_METHODS]
}

export function checkMethod(where: string, method: unknown): asserts method is StartMethod {
  if (START_METHODS.includes(method as StartMethod)) return
  throw createError('WRONG_OPTION', {
    where,
    option: 'method',
    got: `'${String(method)}'`,
    expected: START_METHODS.map(name => `'${name}'`).join(' or '),
  })
}

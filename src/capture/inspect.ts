import type inspector from 'node:inspector'
import { createError } from '../base/index.ts'

/*
 * Reads what a function holds on to, through this thread's own inspector. We are a guest in a house that may
 * have a debugger and a coverage collector of its own, so:
 * - the Debugger domain is on only inside `withDebugger`, and off again before it returns;
 * - the session stays connected and the Profiler stays on once used: disconnecting would throw away the
 *   block counts of Node's coverage;
 * - every remote handle is released right after use.
 */

/** One variable scope of a function, innermost first. `variables` is a snapshot, except for the global object. */
export interface FunctionScope {
  /** `Module`, `Closure (f)`, `Block`, `Script`, `Catch`, `Global`, … */
  readonly description: string
  readonly variables: Readonly<Record<string, unknown>>
}

export interface Inspected {
  /** Where the text starts, or for `function f(` its parameter list. Absent for functions made by the engine. */
  readonly location: { readonly scriptId: string; readonly line: number; readonly column: number } | undefined
  readonly scopes: readonly FunctionScope[]
  readonly bound: { target: Function; self: unknown; args: readonly unknown[] } | undefined
}

interface RemoteProperty {
  readonly name: string
  readonly value?: {
    readonly objectId?: string
    readonly value?: unknown
    /** `NaN`, `-0`, `12n`. */
    readonly unserializableValue?: string
  }
}

const GROUP = 'manycore.capture'

/** The main realm's global object, also where a test runner gave us one of its own. */
export const realGlobal = (): typeof globalThis => {
  real ??= globalOf(process.getBuiltinModule('node:events'))
  return real
}

/** The global object of the realm that a function is from. */
export function globalOf(fn: Function): typeof globalThis {
  try {
    return fn.constructor('return globalThis')() as typeof globalThis
  } catch {
    // --disallow-code-generation-from-strings; a test runner's realm can't be told from Node's then.
    return globalThis
  }
}
let real: typeof globalThis | undefined

let connected: inspector.Session | undefined
let holder: { subject: unknown; read: Record<string, unknown> }
let holderId: string

function session(): inspector.Session {
  if (connected) return connected
  const { Session } = process.getBuiltinModule('node:inspector')
  const made = new Session()
  made.connect()
  connected = made
  return made
}

/** Session answers come before `post` returns. */
export function post(method: string, params?: object): unknown {
  let error: Error | null = null
  let result: unknown
  session().post(method, params, (e, r) => {
    error = e
    result = r
  })
  if (error) throw createError('INTERNAL', { what: `${method} failed: ${JSON.stringify(error)}` })
  return result
}

let answers: boolean | undefined

/** Can the engine be asked at all? Other runtimes have an inspector that answers later, or not. */
export function canInspect(): boolean {
  if (answers !== undefined) return answers
  answers = false
  try {
    let asking = true
    session().post('Runtime.evaluate', { expression: '1' }, error => {
      if (!error && asking) answers = true
    })
    asking = false
  } catch {
    // There is none.
  }
  return answers
}

/** Puts an object of ours where the inspector can reach it: functions go in, what it reads comes out. */
function hold(): void {
  if (holderId) return
  holder = { subject: undefined, read: {} }
  const global = realGlobal()
  Object.defineProperty(global, GROUP, { value: holder, configurable: true })
  const { result } = post('Runtime.evaluate', {
    expression: `globalThis['${GROUP}']`,
    objectGroup: `${GROUP}.holder`,
    silent: true,
  }) as { result: { objectId: string } }
  Reflect.deleteProperty(global, GROUP)
  holderId = result.objectId
}

/** Reads the location and the scopes of a function. */
export function inspectFunction(fn: Function): Inspected {
  return withInternals(fn, internal => ({
    location: location(internal('[[FunctionLocation]]')?.value),
    scopes: readScopes(internal('[[Scopes]]')?.objectId),
    bound: readBound(internal),
  }))
}

/** Where a function is from, which takes less than to read its scopes. */
export function locationOf(fn: Function): Inspected['location'] {
  return withInternals(fn, internal => location(internal('[[FunctionLocation]]')?.value))
}

/** The entries of a WeakMap, or the members of a WeakSet as `[member, undefined]`. */
export function weakEntries(collection: object): (readonly [key: object, value: unknown])[] {
  return withInternals(collection, internal => {
    const objectId = internal('[[Entries]]')?.objectId
    if (!objectId) return []
    fetchInto('entries', objectId)
    const entries = holder.read['entries'] as { key?: object; value: unknown }[]
    return Array.from(entries, ({ key, value }) =>
      key === undefined ? ([value as object, undefined] as const) : ([key, value] as const),
    )
  })
}

/** The private fields of an object, by names without their `#`. */
export function privateValues(owner: object): ReadonlyMap<string, unknown> {
  return withInternals(owner, (_internal, own) => {
    const values = new Map<string, unknown>()
    for (const { name, value } of own) {
      if (value?.objectId) fetchInto('private', value.objectId)
      else holder.read['private'] = primitive(value)
      values.set(name.slice(1), holder.read['private'])
    }
    return values
  })
}

type Internal = (name: string) => RemoteProperty['value']

/** Lets `read` ask for the engine's own properties of an object; nothing of it is kept. */
function withInternals<R>(
  subject: object,
  read: (internal: Internal, own: readonly RemoteProperty[]) => R,
): R {
  hold()
  holder.subject = subject
  holder.read = {}
  try {
    const { result } = post('Runtime.callFunctionOn', {
      objectId: holderId,
      functionDeclaration: 'function(){return this.subject}',
      objectGroup: GROUP,
      silent: true,
    }) as { result: { objectId: string } }
    const { internalProperties = [], privateProperties = [] } = post('Runtime.getProperties', {
      objectId: result.objectId,
      ownProperties: true,
    }) as { internalProperties?: RemoteProperty[]; privateProperties?: RemoteProperty[] }
    return read(name => internalProperties.find(p => p.name === name)?.value, privateProperties)
  } finally {
    post('Runtime.releaseObjectGroup', { objectGroup: GROUP })
    holder.subject = undefined
    holder.read = {}
  }
}

function location(value: unknown): Inspected['location'] {
  if (!value) return undefined
  const at = value as { scriptId: string; lineNumber: number; columnNumber: number }
  return { scriptId: at.scriptId, line: at.lineNumber, column: at.columnNumber }
}

function readScopes(objectId: string | undefined): FunctionScope[] {
  if (!objectId) return []
  fetchInto('scopes', objectId)
  const scopes = holder.read['scopes'] as { description: string; object: Record<string, unknown> }[]
  return Array.from(scopes, scope => ({ description: scope.description, variables: scope.object }))
}

function readBound(internal: Internal): Inspected['bound'] {
  const target = internal('[[TargetFunction]]')?.objectId
  if (!target) return undefined
  fetchInto('target', target)
  fetchInto('args', internal('[[BoundArgs]]')?.objectId)
  const self = internal('[[BoundThis]]')
  if (self?.objectId) fetchInto('self', self.objectId)
  else holder.read['self'] = primitive(self)
  const { read } = holder
  return {
    target: read['target'] as Function,
    self: read['self'],
    args: Array.from((read['args'] as unknown[] | undefined) ?? []),
  }
}

function primitive(value: RemoteProperty['value']): unknown {
  const text = value?.unserializableValue
  if (text === undefined) return value?.value
  return text.endsWith('n') ? BigInt(text.slice(0, -1)) : Number(text)
}

/** Hands a remote object over as the real one. */
function fetchInto(key: string, objectId: string | undefined): void {
  if (!objectId) return
  post('Runtime.callFunctionOn', {
    objectId,
    functionDeclaration: 'function(holder,key){"use strict";holder.read[key]=this}',
    arguments: [{ objectId: holderId }, { value: key }],
    silent: true,
  })
}

/** The scripts that the engine knows, without the Debugger; now and then it misses some. */
export function listScripts(): { readonly scriptId: string; readonly url: string }[] {
  post('Profiler.enable')
  return (post('Profiler.getBestEffortCoverage') as { result: { scriptId: string; url: string }[] }).result
}

interface ParsedScript {
  readonly scriptId: string
  readonly url: string
  readonly isModule?: boolean
}

/** Runs `ask` with the Debugger on, with every script that it announced. A last resort: it costs tens of milliseconds. */
export function withDebugger<R>(ask: (scripts: ReadonlyMap<string, ParsedScript>) => R): R {
  const scripts = new Map<string, ParsedScript>()
  const s = session()
  const onParsed = ({ params }: { params: ParsedScript }) => {
    scripts.set(params.scriptId, params)
  }
  s.on('Debugger.scriptParsed', onParsed)
  try {
    post('Debugger.enable', { maxScriptsCacheSize: 0 })
    return ask(scripts)
  } finally {
    post('Debugger.disable')
    s.off('Debugger.scriptParsed', onParsed)
  }
}

/** The source as the engine runs it; `undefined` for what came with Node's snapshot. Only inside `withDebugger`. */
export function scriptSource(scriptId: string): string | undefined {
  try {
    return (post('Debugger.getScriptSource', { scriptId }) as { scriptSource: string }).scriptSource
  } catch {
    return undefined
  }
}

/** What one of the variables around a function holds, or a name of a namespace. */
export function valueIn(variables: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return Object.hasOwn(variables, name) ? variables[name] : undefined
  } catch {
    return undefined // Not initialised yet.
  }
}

import { existsSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createError, type Importer, importModule } from '../base/index.ts'
import type { Packer } from '../codec/index.ts'
import { isFirst, loadAtOnce, refuseFailed, usersCodeRuns } from './at-once.ts'
import { fenceEntry } from './entry-fence.ts'
import { mayImportEntry } from './entry-guard.ts'
import type { ImportBinding } from './module-info.ts'
import { packageRootOf } from './package-root.ts'
import { quietly } from './quietly.ts'

/** A module as a function needs it on the other side. Plain data. */
export interface ModuleRequest {
  /** Absolute address, or, with `parent`, a bare specifier that is resolved from there. */
  readonly from: string
  readonly parent?: string
  readonly attributes?: Readonly<Record<string, string>>
  /** A CommonJS file: required, so that its whole `module.exports` is at hand. */
  readonly required?: true
}

/** Names of modules that this room loaded here, so that they are by reference when they travel on. */
const namespaceRequests = new WeakMap<object, ModuleRequest>()
const loaded = new Map<string, unknown>()
const loading = new Map<string, Promise<void>>()

/** What `import(specifier)` means in that file. */
export function wholeModule(specifier: string, parent: string): ModuleRequest {
  return requestFor({ specifier, name: '*', attributes: undefined }, parent)
}

/** What an import statement of a module asks for, independent of where it is asked again. */
export function requestFor(binding: ImportBinding, parent: string): ModuleRequest {
  const { specifier, attributes } = binding
  const more = attributes ? { attributes } : {}
  if (isBuiltin(specifier)) {
    return { from: specifier.startsWith('node:') ? specifier : `node:${specifier}`, ...more }
  }
  if (/^(\.{0,2}\/|[a-z][a-z0-9+.-]+:)/i.test(specifier) && URL.canParse(specifier, parent)) {
    return { from: new URL(specifier, parent).href, ...more }
  }
  return { from: specifier, parent, ...more }
}

function keyOf({ from, parent, attributes, required }: ModuleRequest): string {
  return `${from} ${parent ?? ''} ${attributes ? JSON.stringify(attributes) : ''} ${required ?? ''}`
}

/** What the other side has to do before a function can be built there. */
export type Need = ModuleRequest | { readonly importsIn: string } | { readonly fence: true }

/** Asks the other side to load a module, with the fence up where something in it may import the main script. */
export function needModule(packer: Packer, request: ModuleRequest): void {
  if (request.parent === undefined && mayImportEntry(request.from)) needFence(packer)
  const root = request.required ? packageRootOf(request.from) : undefined
  if (root !== undefined) packer.need('function', { from: root, required: true } satisfies Need)
  // A copy: a message with one object twice does not count as a small one.
  packer.need('function', { ...request })
}

export function needFence(packer: Packer): void {
  packer.need('function', { fence: true } satisfies Need)
}

/** Does it. */
export function meetNeed(need: Need): Promise<void> | undefined {
  if ('importsIn' in need) return readyForImports(need.importsIn)
  if (!('fence' in need)) return loadModule(need)
  fenceEntry()
  return undefined
}

/** Loads a module for `loadedModule`. `undefined` when it is there already. */
function loadModule(request: ModuleRequest): Promise<void> | undefined {
  const key = keyOf(request)
  if (loaded.has(key)) return undefined
  const before = loading.get(key)
  if (before) return before
  const promise = keep(key, request)
  loading.set(key, promise)
  return promise
}

async function keep(key: string, request: ModuleRequest): Promise<void> {
  try {
    const module = await importRequest(request)
    loaded.set(key, module)
    if (isObject(module)) namespaceRequests.set(module, request)
  } catch (cause) {
    throw moduleError(request, cause)
  } finally {
    loading.delete(key)
  }
}

/** A module that `loadModule` fetched. */
export function loadedModule(request: ModuleRequest): unknown {
  const key = keyOf(request)
  if (!loaded.has(key))
    throw createError('INTERNAL', { what: `${request.from} was not loaded before its use` })
  return loaded.get(key)
}

/** The request that gave this namespace object or these exports here. */
export function requestOf(namespace: object): ModuleRequest | undefined {
  return namespaceRequests.get(namespace)
}

/** One export of a loaded module. `*` is the namespace itself. */
export function exportOf(request: ModuleRequest, name: string): unknown {
  const module = loadedModule(request)
  if (name === '*') return module
  if (isObject(module) && name in module) return (module as Record<string, unknown>)[name]
  throw exportError(request.from, name, module)
}

/** What Node and compilers put beside a module's exports. */
const MARKS = new Set(['module.exports', '__esModule'])

/** Says which exports there are instead. */
export function exportError(module: string, name: string, namespace: unknown): Error {
  const names = isObject(namespace) ? Object.keys(namespace).filter(key => !MARKS.has(key)) : []
  const exports = names.length === 0 ? 'no exports' : names.slice(0, 20).join(', ')
  return createError('EXPORT_NOT_FOUND', { module: readable(module), exportName: name, exports })
}

/** Says why a module did not load, with the module's own error as the cause. */
export function moduleError({ from, parent }: ModuleRequest, cause: unknown): Error {
  const module = parent ? `${from} (imported by ${readable(parent)})` : readable(from)
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  return createError('MODULE_NOT_FOUND', { module, reason }, { cause })
}

function readable(url: string): string {
  return url.startsWith('file:') && !/[?#]/.test(url) ? fileURLToPath(url) : url
}

/** Imports a module as `request` says, also when it is loaded already. */
export async function importRequest({ from, parent, attributes, required }: ModuleRequest): Promise<unknown> {
  const atOnce = isFirst() && loading.size === 0 && parent === undefined && !attributes && !required
  if (!isBuiltin(from)) usersCodeRuns()
  const module = atOnce ? loadAtOnce(from) : undefined
  if (module) return module
  if (required) return createRequire(import.meta.url)(from.startsWith('file:') ? fileURLToPath(from) : from)
  if (parent === undefined) return importUrl(from, attributes)
  // A loader may know more than Node of where names lead, as tsx does of a tsconfig's paths.
  await registerLoader(parent)
  const importer = await importerFor(parent)
  return importer(from, attributes ? { with: attributes } : undefined)
}

/** Imports what has an address. */
export async function importUrl(url: string, attributes: ModuleRequest['attributes']): Promise<unknown> {
  refuseFailed(url)
  await registerLoader(url)
  return importModule(url, attributes && { with: attributes })
}

let tsx: Promise<void> | undefined

/** Before the first module of the program is loaded. */
async function registerLoader(url: string): Promise<void> {
  if (url.startsWith('file:')) await (tsx ??= registerTsx(url))
}

/** On Node 20 tsx works in the main thread only: in a thread of a program that uses it, it is asked for by name. */
async function registerTsx(url: string): Promise<void> {
  const isThread = (process as { abort?: { disabled?: unknown } }).abort?.disabled === true
  const flag = process.execArgv.findLast(one => /\btsx\b/.test(one))
  if (flag === undefined || !isThread || !process.version.startsWith('v20.')) return
  try {
    const [, file] = /(file:.*|\/.*)/.exec(flag) ?? []
    const importer = await importerFor(file === undefined ? url : new URL(file, 'file:').href)
    const { register } = (await importer('tsx/esm/api')) as { register: () => unknown }
    register()
  } catch {
    // Not to be found from there: then the import says what it misses.
  }
}

const importers = new Map<string, Importer>()

/** An `import()` that resolves as if it stood in the module `parent`. */
async function importerFor(parent: string): Promise<Importer> {
  await warmImports()
  const known = importers.get(parent)
  if (known) return known
  const made = evaluate('(s,o)=>o?import(s,o):import(s)', { filename: parent, imports: true }) as Importer
  importers.set(parent, made)
  return made
}

/** An `import()` of the module `parent` as a function. Vite writes `/x` for what lies in the folder that it serves. */
export function importFrom(parent: string): (specifier: string) => Promise<unknown> {
  return async specifier => {
    const served = path.join(process.cwd(), specifier)
    const isServed = specifier.startsWith('/') && !existsSync(specifier) && existsSync(served)
    const importer = await importerFor(parent)
    return importer(isServed ? pathToFileURL(served).href : specifier)
  }
}

/** Before the first call of a function from the file `parent` that uses `import()`. */
async function readyForImports(parent: string): Promise<void> {
  usersCodeRuns()
  await warmImports()
  await registerLoader(parent)
}

let warmed: Promise<void> | undefined

/** Has the one warning about `import()` in evaluated text over before anyone could see it. */
function warmImports(): Promise<void> {
  warmed ??= quietly(async () => {
    const first = evaluate("()=>import('node:module')", {
      filename: import.meta.url,
      imports: true,
    }) as Importer
    await first('node:module')
  })
  return warmed
}

/** Where evaluated text says that it stands. */
export interface Standing {
  readonly filename: string
  readonly lineOffset?: number
  readonly columnOffset?: number
  /** It uses `import()`, resolved against `filename`. */
  readonly imports?: boolean
}

let vm: typeof import('node:vm') | undefined

/** Evaluates text in this thread's own context. */
export function evaluate(
  code: string,
  { filename, lineOffset = 0, columnOffset = 0, imports }: Standing,
): unknown {
  vm ??= process.getBuiltinModule('node:vm')
  const dynamic = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER
  const script = new vm.Script(code, {
    filename,
    lineOffset,
    columnOffset,
    ...(imports && dynamic !== undefined ? { importModuleDynamically: dynamic } : {}),
  })
  return script.runInThisContext()
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

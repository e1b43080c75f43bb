import nodeModule from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createError } from '../base/index.ts'
import { usersCodeRuns } from './at-once.ts'
import { entryUrls, isEntry, isInWorker } from './entry.ts'
import { requireCache } from './require-cache.ts'

/*
 * The last defence of the rule that the main script runs once: in a worker, an `import()` or `require` of it fails.
 * Most are seen before, in the source (`entry-guard.ts`). The fence costs each import some time, on Node 20 a thread of
 * Node's own, so it is put up only where a module's source says that such an import may come.
 */

let isUp = false

/** Puts up the fence, in a worker. */
export function fenceEntry(): void {
  if (isUp || !isInWorker()) return
  isUp = true
  usersCodeRuns()
  const { registerHooks } = nodeModule as { registerHooks?: (hooks: { resolve: Resolve }) => void }
  if (registerHooks) registerHooks({ resolve })
  else fenceWithoutHooks()
}

type Resolve = (
  specifier: string,
  context: unknown,
  next: (specifier: string, context: unknown) => { url: string },
) => { url: string }

const resolve: Resolve = (specifier, context, next) => {
  const found = next(specifier, context)
  if (isEntry(found.url)) throw wouldRunMain(found.url)
  return found
}

function wouldRunMain(url: string): Error {
  return createError('WOULD_RUN_MAIN', { module: url.startsWith('file:') ? fileURLToPath(url) : url })
}

const THROW = 'manycore.wouldRunMain'

/** Runs in Node's own thread for such hooks, so the error is made in this one, by a module in the script's place. */
const HOOKS = `
let entries
export function initialize(urls) { entries = new Set(urls) }
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  if (!entries.has(found.url.replace(/[?#].*$/, ''))) return found
  const code = 'globalThis[Symbol.for("${THROW}")](' + JSON.stringify(found.url) + ')'
  return { url: 'data:text/javascript,' + encodeURIComponent(code), format: 'module', shortCircuit: true }
}`

/** Node 20. */
function fenceWithoutHooks(): void {
  const entries = [...entryUrls()]
  const fail = (url: string): never => {
    throw wouldRunMain(url)
  }
  Object.defineProperty(globalThis, Symbol.for(THROW), { value: fail })
  nodeModule.register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data: entries })
  const cache = requireCache as Record<string, unknown>
  for (const url of entries) {
    const filename = fileURLToPath(url)
    const stub = { id: filename, filename, loaded: true, children: [] }
    Object.defineProperty(stub, 'exports', { get: () => fail(pathToFileURL(filename).href) })
    cache[filename] ??= stub
  }
}

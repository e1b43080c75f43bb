import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { types } from 'node:util'
import { isNode } from '../base/index.ts'
import { isInWorker } from './entry.ts'
import { isEsModule } from './file-format.ts'
import { hasLoader } from './only-here.ts'
import { requireCache } from './require-cache.ts'

/*
 * `import()` has other threads read each file, and waits for them: in a worker that has just started this takes longer
 * than all else about a small module. `require` reads an ES module here and now, and gives the same one, for Node keeps
 * both in one place.
 *
 * In a thread, `import()` it is: where one is ended in the middle of a `require` of an ES module, Node 20 to 24 end the
 * whole program ("must be used on an instantiated module").
 *
 * The two can differ where somebody has changed how modules are loaded. So it is the first module that a worker loads,
 * before any code of the user's has run, if no flag has brought a loader along. What can't be had so, such as a module
 * that awaits something, has not begun to run, and is imported as ever.
 */

/** No code of the user's has run in this worker. */
let untouched = true
/** Whose failure it was. Not every Node tells a later `import()` of it, as it tells one that comes after an `import()`. */
let failed: { readonly url: string; readonly thrown: unknown } | undefined

/** Who requires it. To others than packages Node 20 says that this is an experiment. */
const NOBODY = path.resolve('/node_modules/manycore/index.js')
let required: NodeJS.Require | undefined

/** Code of the user's runs from now on. */
export function usersCodeRuns(): void {
  untouched = false
}

/** What has run so far was a rehearsal. */
export function usersCodeHasNotRun(): void {
  untouched = true
}

/** Is what is to be loaded the first of the user's code in this worker? */
export function isFirst(): boolean {
  return untouched && isInWorker()
}

/** The module, if it can be had without the event loop. Throws what it throws. */
export function loadAtOnce(url: string): object | undefined {
  if (!isSynchronous() || !url.startsWith('file:') || /[?#]/.test(url)) return undefined
  const file = fileURLToPath(url)
  if (!isEsModule(file)) return undefined
  required ??= createRequire(NOBODY)
  let module: object
  try {
    module = required(file) as object
  } catch (thrown) {
    if (isNotBegun(thrown, file)) return undefined
    failed = { url, thrown }
    throw thrown
  }
  if (!types.isModuleNamespaceObject(module)) return undefined
  // Nobody has required it.
  delete (requireCache as Record<string, unknown>)[required.resolve(file)]
  // With a default export it comes in a wrapper.
  return 'default' in module ? undefined : module
}

/** Throws what the module threw when it was loaded at once. */
export function refuseFailed(url: string): void {
  if (failed?.url === url) throw failed.thrown
}

/** Does `require` load ES modules here, the way that `import()` does? */
function isSynchronous(): boolean {
  const { require_module: able } = process.features as { require_module?: unknown }
  return able === true && isNode && !isThread() && !hasLoader()
}

/** Without loading threads for it, which a process need not do. */
export function isThread(): boolean {
  return (process as { abort?: { disabled?: unknown } }).abort?.disabled === true
}

const NOT_BEGUN = /^ERR_(REQUIRE_ASYNC_MODULE|REQUIRE_ESM_RACE_CONDITION|INTERNAL_ASSERTION)$/

function isNotBegun(thrown: unknown, file: string): boolean {
  return NOT_BEGUN.test(String((thrown as { code?: unknown } | null)?.code)) || !existsSync(file)
}

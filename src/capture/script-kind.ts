import { fileURLToPath } from 'node:url'
import { types } from 'node:util'
import { isEsModule } from './file-format.ts'
import { readModule } from './module-info.ts'
import { requireCache } from './require-cache.ts'

/*
 * The engine shows a module's scope only where a variable in it has to be kept, so a function that shows none may be
 * from a module all the same. The Debugger would tell, and takes tens of milliseconds: for files Node's own rules do.
 */

/** Does Node run this file as an ES module? */
export function isModuleFile(url: string, source: string): boolean {
  const file = fileURLToPath(url)
  if (/\.c[jt]s$/.test(file)) return false
  const required = requireCache[file]
  // What is required may be an ES module too.
  if (required && !types.isModuleNamespaceObject(required.exports)) return false
  return isEsModule(file) || hasModuleSyntax(source)
}

const STATEMENT = /^\s*(?:import|export)\b/m

/** Without a word of the package's, Node goes by what the text says. */
function hasModuleSyntax(source: string): boolean {
  return STATEMENT.test(source) && !readModule(source, 'script') && readModule(source, 'module') !== undefined
}

import { lookUp } from './bindings.ts'
import { type ModuleInfo, readModule } from './module-info.ts'
import type { ModuleRequest } from './modules.ts'
import { readSource } from './sources.ts'

const infos = new Map<string, ModuleInfo | undefined>()

/**
 * Does the module assign to what it exports under this name? Then an import of it shows the new value, and a
 * captured name would not. Asked of the program's own files only.
 */
export function isLive({ from, parent, required }: ModuleRequest, name: string): boolean {
  if (parent !== undefined || required || !from.startsWith('file:') || from.includes('/node_modules/'))
    return false
  if (!infos.has(from)) {
    const source = readSource(from)
    infos.set(from, source === undefined ? undefined : readModule(source, 'module'))
  }
  const info = infos.get(from)
  const local = info?.exports.find(({ exported }) => exported === name)?.local
  return typeof local === 'string' && (lookUp(info?.analysis.root, local)?.writes ?? 0) > 0
}

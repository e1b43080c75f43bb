import { readFileSync } from 'node:fs'
import path from 'node:path'

/* How Node reads a file, by what is outside of it. */

/** Does Node take types away by itself? */
export function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript)
}

/** Is it an ES module by its name, or by the nearest package? */
export function isEsModule(file: string): boolean {
  const [, es, typescript] = /\.(m?)(?:j|(t))s$/.exec(file) ?? []
  if (es === undefined || (typescript && !stripsTypes())) return false
  return es === 'm' || packageOf(file)?.type === 'module'
}

function packageOf(file: string): { readonly type?: unknown } | undefined {
  let folder = path.dirname(file)
  for (;;) {
    try {
      return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { type?: unknown }
    } catch (error) {
      const above = path.dirname(folder)
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) return undefined
      folder = above
    }
  }
}

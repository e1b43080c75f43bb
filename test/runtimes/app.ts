import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * A user's project with the cases in it: its `package.json`, the packages that it uses, and manycore as npm would
 * install it.
 */

/** The folder of this package, from `dist/test/runtimes/`. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** Where the cases are written down, and the tools' own package. */
export const HERE = join(ROOT, 'test', 'runtimes')
const FIXTURES = join(HERE, 'fixtures')

export interface AppOptions {
  /** What a `.js` file of the project is. */
  readonly type: 'module' | 'commonjs'
  /** Folders of packages whose packages the project can import as well. */
  readonly tools?: readonly string[]
}

/** Lays the project into an empty folder. */
export function layOutApp(folder: string, { type, tools = [] }: AppOptions): void {
  cpSync(FIXTURES, folder, { recursive: true, filter: source => !source.endsWith('/packages') })
  const packages = join(folder, 'node_modules')
  cpSync(join(FIXTURES, 'packages'), packages, { recursive: true })
  installManycore(join(packages, 'manycore'))
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>
  }
  for (const name of Object.keys(dependencies)) link(join(ROOT, 'node_modules', name), join(packages, name))
  for (const home of tools) linkPackages(join(home, 'node_modules'), packages)
  link(join(ROOT, 'node_modules', '@types'), join(packages, '@types'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type }))
}

/** What the tarball holds of the library, copied: through a link, tools would take it for the user's own files. */
function installManycore(folder: string): void {
  for (const part of ['package.json', join('dist', 'lib'), join('dist', 'src')]) {
    cpSync(join(ROOT, part), join(folder, part), {
      recursive: true,
      filter: source => !source.startsWith(join(ROOT, 'dist', 'src')) || /\/[^.]+$|\.d\.ts$/.test(source),
    })
  }
}

function linkPackages(from: string, to: string): void {
  for (const name of readdirSync(from)) {
    if (name.startsWith('.')) continue
    if (name.startsWith('@')) linkPackages(join(from, name), join(to, name))
    else link(join(from, name), join(to, name))
  }
}

function link(target: string, path: string): void {
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path, 'junction')
}

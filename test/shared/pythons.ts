import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { findTool } from '../support/index.ts'

export interface Python {
  readonly path: string
  /** `[3, 13]` */
  readonly version: readonly [number, number]
}

/** The CPythons of this machine that know shared memory (from 3.9 on, in the layout of today), oldest first. */
export function pythons(): Python[] {
  const folder = join(homedir(), '.pyenv/versions')
  const paths = [findTool('python3')]
  try {
    for (const name of readdirSync(folder)) paths.push(join(folder, name, 'bin/python3'))
  } catch {
    // No pyenv here.
  }
  const found = new Map<string, Python>()
  for (const path of paths) {
    const version = path && versionOf(path)
    if (version && version[0] === 3 && version[1] >= 9) found.set(version.join('.'), { path, version })
  }
  return [...found.values()].toSorted((a, b) => a.version[1] - b.version[1])
}

function versionOf(path: string): readonly [number, number] | undefined {
  try {
    const text = execFileSync(path, ['-c', 'import sys; print(sys.version_info[0], sys.version_info[1])'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    })
    const [major = 0, minor = 0] = text.trim().split(' ').map(Number)
    return [major, minor]
  } catch {
    return undefined
  }
}

/** Runs a program; its stdout. Attached memory stays out of the hands of the resource tracker. */
export function runPython({ path }: Python, program: string): string {
  const head = `
import sys
from multiprocessing import shared_memory, resource_tracker
def attach(name):
    if sys.version_info >= (3, 13):
        return shared_memory.SharedMemory(name=name, track=False)
    memory = shared_memory.SharedMemory(name=name)
    resource_tracker.unregister(memory._name, 'shared_memory')
    return memory
def attach_list(name):
    items = shared_memory.ShareableList(name=name)
    resource_tracker.unregister(items.shm._name, 'shared_memory')
    return items
`
  return execFileSync(path, ['-c', head + program], { encoding: 'utf8', timeout: 20_000 }).trim()
}

/*
 * Who measured, on what, when: printed on the page, never typed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'

const root = new URL('../../', import.meta.url)

/** The Python to compare with, or `undefined`: then its rows say "not found". */
export function findPython() {
  const found = spawnSync('python3', ['-c', 'import sys, multiprocessing; print(sys.version.split()[0])'])
  if (found.status !== 0) return undefined
  return { command: 'python3', version: String(found.stdout).trim() }
}

export function describeMachine(python) {
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    load: os.loadavg()[0],
    node: process.version,
    python: python?.version ?? null,
    manycore: versionOf('package.json'),
    commit: commit(),
    peers: Object.fromEntries(
      peerNames().map(name => [name, versionOf(`bench/node_modules/${name}/package.json`)]),
    ),
  }
}

function peerNames() {
  return Object.keys(JSON.parse(readFileSync(new URL('bench/package.json', root), 'utf8')).dependencies)
}

function versionOf(path) {
  try {
    return JSON.parse(readFileSync(new URL(path, root), 'utf8')).version
  } catch {
    return null
  }
}

function commit() {
  try {
    const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim()
  } catch {
    return null
  }
}

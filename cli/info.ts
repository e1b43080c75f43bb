import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import { join } from 'node:path'
import { cpuCount, getStartMethod } from 'manycore'
import { version } from './version.ts'

/** Prints what was found here, for a bug report or a doubtful number. */
export function printInfo(asJson: boolean): void {
  const facts = gatherFacts()
  if (asJson) {
    process.stdout.write(`${JSON.stringify(facts, undefined, 2)}\n`)
    return
  }
  const width = Math.max(...Object.keys(facts).map(name => name.length))
  for (const [name, value] of Object.entries(facts)) process.stdout.write(`${name.padEnd(width)}  ${value}\n`)
}

function gatherFacts(): Record<string, string | number> {
  return {
    manycore: version,
    node: `${process.versions.node} (V8 ${process.versions.v8}, libuv ${process.versions.uv})`,
    platform: `${process.platform} ${process.arch}`,
    'usable CPUs': cpuCount(),
    'CPUs in all': `${cpus().length} (${cpus()[0]?.model.trim() ?? 'unknown'}), ${availableParallelism()} by affinity`,
    memory: memory(),
    'start method': getStartMethod(),
    'TypeScript modules': typescript(),
    tsx: isInstalled('tsx') ? 'installed' : 'not installed',
    'shared memory': existsSync('/dev/shm') ? '/dev/shm' : 'no /dev/shm',
  }
}

/** A container's limit counts, not what the machine has. */
function memory(): string {
  const limit = process.constrainedMemory()
  const isLimited = limit > 0 && limit < totalmem()
  return `${gibibytes(isLimited ? limit : totalmem())}${isLimited ? ' by limit' : ''}, ${gibibytes(freemem())} free`
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}

function typescript(): string {
  const features = process.features as { typescript?: string | false }
  if (features.typescript) return `loaded by Node itself (${features.typescript})`
  return 'not by this Node; use 22.18 or newer, or tsx'
}

function isInstalled(name: string): boolean {
  try {
    createRequire(join(process.cwd(), 'manycore')).resolve(name)
    return true
  } catch {
    return false
  }
}

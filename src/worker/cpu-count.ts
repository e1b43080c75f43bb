import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { identity } from './identity.ts'

/**
 * How many CPUs this program may use: what the system has, less what affinity and a container's quota take away.
 * Python: `os.process_cpu_count()`, which pools use; `multiprocessing.cpu_count()` counts those of the machine.
 * @example
 * import { cpuCount } from 'manycore'
 * cpuCount() >= 1   // true
 */
export function cpuCount(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(containerQuota())))
}

/**
 * How many CPUs a pool that is made here reckons with: all that this program may use, shared with the other workers of
 * the pool that this one is a worker of. So pools in pools don't multiply.
 */
export function cpuShare(): number {
  return Math.max(1, Math.min(cpuCount(), identity.cpus))
}

/** CPUs that the control group grants, version 2 or 1. */
function containerQuota(): number {
  const version2 = read('/sys/fs/cgroup/cpu.max')?.split(' ')
  if (version2) return quota(version2[0], version2[1])
  return quota(read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'), read('/sys/fs/cgroup/cpu/cpu.cfs_period_us'))
}

function quota(granted: string | undefined, period: string | undefined): number {
  const share = Number(granted) / Number(period)
  return share > 0 ? share : Number.POSITIVE_INFINITY
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

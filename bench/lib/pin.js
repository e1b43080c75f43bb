/*
 * A program with all its workers on one CPU. Whether two that wake each other in turn share a core or not is
 * otherwise settled by the scheduler, by chance, and decides their time more than anything they do.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What to put before a command so that it runs on one CPU; `undefined` where there is no `taskset`. */
export function pinning() {
  try {
    const status = readFileSync('/proc/self/status', 'latin1')
    // The last one: the first has the interrupts of most machines.
    const cpu = /^Cpus_allowed_list:.*?(\d+)$/m.exec(status)[1]
    const prefix = ['taskset', '-c', cpu]
    return spawnSync(prefix[0], [...prefix.slice(1), 'true']).status === 0 ? prefix : undefined
  } catch {
    return undefined
  }
}

/** The same contestant behind such a prefix. */
export function pinned(spec, [command, ...args]) {
  return { ...spec, command, args: [...args, spec.command, ...spec.args] }
}

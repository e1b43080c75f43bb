/*
 * Did memory run out? V8 says so in its last words; the kernel's out-of-memory killer says nothing to anyone, but
 * counts its victims per control group.
 */
import { readFileSync } from 'node:fs'

const V8_LAST_WORDS = /heap out of memory|Allocation failed|invalid array buffer length|ENOMEM/

let victimsBefore: number | undefined

/** To be called when a worker starts: remembers the count that later deaths are compared with. */
export function watchMemory(): void {
  victimsBefore ??= victims()
}

/** Does everything point at memory? */
export function diedOfMemory(signal: NodeJS.Signals | null, stderr: string): boolean {
  if (V8_LAST_WORDS.test(stderr)) return true
  if (signal !== 'SIGKILL') return false
  const count = victims()
  const grown = count > (victimsBefore ?? count)
  victimsBefore = count
  return grown
}

function victims(): number {
  try {
    const events = readFileSync('/sys/fs/cgroup/memory.events', 'utf8')
    return Number(/^oom_kill (\d+)/m.exec(events)?.[1] ?? 0)
  } catch {
    return 0
  }
}

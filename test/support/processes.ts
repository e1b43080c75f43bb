import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { deadline } from './deadline.ts'

/*
 * Processes as the system sees them. A mark in the environment finds the descendants of a program even after
 * their parents are gone, which a walk down the tree of parents can't. Only Linux shows it; elsewhere the lists
 * are empty and tests fall back to what they can see themselves.
 */

/** One running process. */
export interface RunningProcess {
  readonly pid: number
  readonly parent: number
  readonly session: number
  /** `R` running, `S` asleep, `D` in the kernel, `Z` ended but not collected by its parent. */
  readonly state: string
  readonly command: string
}

/** Is there a process with this id that has not ended? A zombie counts as ended. */
export function isAlive(pid: number): boolean {
  if (process.platform === 'linux') {
    const found = look(pid)
    return found !== undefined && found.state !== 'Z'
  }
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits until a process is gone: one that was killed takes its time on a crowded machine. */
export async function gone(pid: number, within = 10_000): Promise<void> {
  const ended = async (): Promise<void> => {
    while (isAlive(pid)) await sleep(5)
  }
  await deadline(ended(), within, `the end of process ${pid}`)
}

/** The live processes that carry `NAME=value` in the environment that they were started with. */
export function processesOf(mark: string): RunningProcess[] {
  // The environment first: few have the mark, and each file of a process takes its time to read.
  return living(
    everyPid()
      .filter(pid => environment(pid).includes(mark))
      .map(look),
  )
}

/** The live processes of a session. */
export function processesOfSession(session: number): RunningProcess[] {
  return living(all().filter(found => found.session === session))
}

/** The live processes below `pid`, its zombies included. */
export function descendants(pid: number): RunningProcess[] {
  const everyone = all()
  const below: Standing[] = []
  const parents = new Set([pid])
  for (let grown = true; grown; ) {
    grown = false
    for (const found of everyone) {
      if (!parents.has(found.parent) || parents.has(found.pid)) continue
      parents.add(found.pid)
      below.push(found)
      grown = true
    }
  }
  return below.map(withCommand)
}

/** Kills processes, those that are gone already excepted. */
export function endProcesses(pids: Iterable<number>): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
}

type Standing = Omit<RunningProcess, 'command'>

/** Every process that this user can see, its zombies included. */
function all(): Standing[] {
  return everyPid()
    .map(look)
    .filter(found => found !== undefined)
}

function living(found: readonly (Standing | undefined)[]): RunningProcess[] {
  return found
    .filter(one => one !== undefined)
    .filter(one => one.state !== 'Z')
    .map(withCommand)
}

function everyPid(): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
}

function look(pid: number): Standing | undefined {
  // The name stands in parentheses and may hold anything, so fields are counted from the last one.
  const stat = read(pid, 'stat')
  const [state = '', parent = '', , session = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return stat === '' ? undefined : { pid, parent: Number(parent), session: Number(session), state }
}

function withCommand(found: Standing): RunningProcess {
  return { ...found, command: read(found.pid, 'cmdline').split('\0').join(' ').trim() }
}

function environment(pid: number): string[] {
  return read(pid, 'environ').split('\0')
}

/** A file of a process, or nothing when it is gone. */
function read(pid: number, file: 'stat' | 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

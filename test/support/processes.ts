import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { deadline } from './deadline.ts'

/*
 * Processes as the system sees them. A mark in the environment finds the descendants of a program even after
 * their parents are gone, which a walk down the tree of parents can't. Only Linux shows it; elsewhere the lists
 * are empty and tests fall back to what they can see themselves.
 */

const piece = Buffer.alloc(16 * 1024)

/** One running process. */
export interface RunningProcess {
  readonly pid: number
  readonly parent: number
  readonly session: number
  /** `R` running, `S` asleep, `D` in the kernel, `Z` ended but not collected by its parent. */
  readonly state: string
  /** Its command line, read when it is asked for; empty if the process is gone by then. */
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
  // The environment is looked at first: it rules nearly all of them out, and there may be hundreds.
  return allNumbers()
    .filter(pid => hasMark(pid, mark))
    .map(look)
    .filter(found => found !== undefined)
    .filter(isRunning)
}

/** The live processes below `pid`, its zombies included. */
export function descendants(pid: number): RunningProcess[] {
  const everyone = all({ zombies: true })
  const below: RunningProcess[] = []
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
  return below
}

/** Kills processes, those that are gone already excepted. */
export function endProcesses(these: Iterable<number>): void {
  for (const pid of these) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
}

/** Every process that this user can see, without the zombies unless asked for. */
export function all({ zombies = false } = {}): RunningProcess[] {
  return allNumbers()
    .map(look)
    .filter(found => found !== undefined)
    .filter(found => zombies || isRunning(found))
}

/** Is `NAME=value` in the environment that the process was started with? */
export function hasMark(pid: number, mark: string): boolean {
  return read(pid, 'environ').split('\0').includes(mark)
}

function allNumbers(): number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
}

function isRunning(found: RunningProcess): boolean {
  return found.state !== 'Z'
}

function look(pid: number): RunningProcess | undefined {
  const stat = read(pid, 'stat')
  if (stat === '') return undefined
  // The name stands in parentheses and may hold anything, so fields are counted from the last one.
  const [state = '', parent = '', , session = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ', 4)
  return {
    pid,
    parent: Number(parent),
    session: Number(session),
    state,
    get command() {
      return read(pid, 'cmdline').split('\0').join(' ').trim()
    },
  }
}

/** A third of what `readFileSync` costs, which counts: leaks are looked for after nearly every test. */
function read(pid: number, file: string): string {
  let fd: number | undefined
  try {
    fd = openSync(`/proc/${pid}/${file}`, 'r')
    let text = ''
    let count: number
    do {
      count = readSync(fd, piece)
      text += piece.toString('utf8', 0, count)
    } while (count === piece.length)
    return text
  } catch {
    return '' // It is gone, or somebody else's.
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

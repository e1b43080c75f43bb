import type { ChildProcess } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import type { Socket } from 'node:net'
import { isMainThread, now } from '../base/index.ts'
import { MEMORY_FOLDER, namesFrom, treeFile } from '../memory/index.ts'

/*
 * The watchdog: one small shell that ends the worker processes which outlive their program. A worker that listens
 * ends by itself; one in an endless loop hears nothing, and a program that was killed can't see to it.
 *
 *   program ── "+ pid", "- pid" ──► shell ── end of the pipe, 130 ms ──► kill -9 of those that are left
 *
 * It is there as long as the program has worker processes. A thread of their own in each of them could do the same
 * (and does, where there is no watchdog), but is a second Node in each: 8 MiB, and as much work at each start.
 */

const SHELL = '/bin/sh'

/**
 * What an orphan gets, in milliseconds: for hearing of it (one that is busy won't, and its own children wait for its
 * end), and then for cleaning up.
 */
export const ORPHAN_GRACE = { unheard: 30, heard: 100 }

/** Until those that were killed have let go of what they had, in milliseconds. */
const KILLED = 500

/**
 * In a session of its own, so signals to the program's group don't reach it. A process is known by its number and the
 * moment of its start, where the system tells that: the number may be another's by then. $1 is the program of the
 * program, if that is a worker itself: where it is gone too, the whole tree is being ended, and the time is used up. $2 says
 * from which byte of file 3 on it stands which names of shared memory workers have used: a program that is nobody's worker
 * leaves none behind, where there is a `flock`.
 */
export const SCRIPT = `# manycore: ends worker processes that outlive their program
trap '' HUP INT QUIT TERM
set -f
watched=
born() {
  birth=unknown
  [ -r /proc/self/stat ] || return 0
  read -r line < "/proc/$1/stat" || return 1
  set -- \${line##*) }
  shift 19
  birth=$1
}
[ "$1" ] && born "$1" && parent=$birth
while read -r sign pid; do
  case $sign in
    +) born "$pid" && watched="$watched $pid:$birth " ;;
    -) case $watched in *" $pid:"*)
         rest=\${watched#*" $pid:"}
         watched="\${watched%%" $pid:"*} \${rest#* }"
       esac ;;
  esac
done
case $watched in *:*) ;; *) exit ;; esac
grace=${(ORPHAN_GRACE.unheard + ORPHAN_GRACE.heard) / 1000}
[ "$1" ] && { born "$1" && [ "$birth" = "$parent" ] || grace=${ORPHAN_GRACE.unheard / 1000}; }
sleep $grace || sleep 1
for each in $watched; do
  born "\${each%%:*}" && [ "$birth" = "\${each#*:}" ] && kill -9 "\${each%%:*}"
done
[ -z "$1" ] && [ "$2" ] && command -v flock > /dev/null || exit 0
names=$(tail -c "+$2" /proc/self/fd/3)
[ "$names" ] || exit 0
sleep ${KILLED / 1000} || sleep 1
printf '%s\\n' "$names" | while read -r pid thread name; do
  file="${MEMORY_FOLDER}/$name"
  [ -f "$file" ] && [ -k "$file" ] && [ -O "$file" ] && flock -n "$file" rm -f "$file"
done
`

/** One that ends sooner than this was ended by something that will end the next one too. In milliseconds. */
const SHORT_LIFE = 1000

/** The program of this one, if this is a worker. */
let parent: number | undefined
const watched = new Set<number>()
let dog: ChildProcess | undefined
let exists: boolean | undefined

/**
 * Can there be one? Else each worker has to look after itself. Of a thread there is none: it may end at any moment, and
 * then nobody would collect its watchdog, which would stay a zombie.
 */
export function hasWatchdog(): boolean {
  return (exists ??= isMainThread() && process.platform !== 'win32' && isExecutable(SHELL))
}

/** This process is a worker of that one. */
export function workFor(pid: number): void {
  parent = pid
}

/** Before anything of the user's can run there. */
export function watchOver(pid: number): void {
  watched.add(pid)
  if (dog) tell(`+ ${pid}`)
  else start()
}

/** That process has ended. */
export function watchNoMore(pid: number): void {
  if (!watched.delete(pid)) return
  if (watched.size > 0) return tell(`- ${pid}`)
  const last = dog
  dog = undefined
  last?.stdin?.end(`- ${pid}\n`)
}

function start(): void {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const began = now()
  let started: ChildProcess
  try {
    const names = treeFile()
    const from = names === undefined ? '' : namesFrom() + 1
    started = spawn(SHELL, ['-c', SCRIPT, 'manycore-watchdog', `${parent ?? ''}`, `${from}`], {
      stdio: ['pipe', 'ignore', 'ignore', names ?? 'ignore'],
      detached: true,
      cwd: '/',
    })
  } catch (error) {
    return warn(`can't start: ${(error as Error).message}`)
  }
  const gone = (why: string): void => {
    if (dog !== started) return
    dog = undefined
    if (watched.size === 0) return
    if (now() - began > SHORT_LIFE) start()
    else warn(why)
  }
  dog = started
  started.on('error', error => gone(`can't start: ${error.message}`))
  started.on('exit', (code, signal) => gone(`ended at once (${signal ?? code})`))
  started.unref()
  started.stdin?.on('error', () => {})
  ;(started.stdin as Socket | null)?.unref()
  for (const pid of watched) tell(`+ ${pid}`)
}

function warn(why: string): void {
  process.emitWarning(
    `nothing ends busy worker processes if this program is killed: its watchdog ${why}. ` +
      `See why ${SHELL} does not go on running here; the next worker process starts another.`,
    'ManycoreWarning',
  )
}

function tell(words: string): void {
  dog?.stdin?.write(`${words}\n`)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

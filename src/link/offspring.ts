/*
 * Processes that a thread has started. The system wants the end of each child process to be taken note of, and only the
 * event loop of that thread does; when it is gone, each would stay a zombie for as long as the program lives. So a
 * thread writes down, behind its board, which it has, and whoever started the thread collects what is left.
 *
 *     number of the process │ when it was started │ the next one's …
 *
 * The time tells whether a number is still that process's. A number is only given to another when somebody has collected
 * the one that had it.
 */
import { readFileSync } from 'node:fs'
import { after } from '../base/index.ts'
import { collectChild } from '../memory/index.ts'

/** More than those stay zombies. */
const MOST = 64
export const OFFSPRING_BYTES = MOST * 2 * 4
/** They hear of the end of their thread, and end within a fraction of a second. In milliseconds. */
const LOOK_EVERY = 50
const LOOKS = 100

/** The kernel's flag for one that is being taken down: from then on nothing runs there. */
const EXITING = 4

interface Seen {
  /** A zombie: its number waits to be collected. */
  readonly ended: boolean
  readonly leaving: boolean
  readonly birth: number
}

/** Of this thread, if it is one. */
let mine: Int32Array | undefined

/** What a thread has written down begins there in its memory. */
function wordsIn(memory: SharedArrayBuffer, at: number): Int32Array {
  return new Int32Array(memory, at, OFFSPRING_BYTES / 4)
}

/** This thread writes its own down there. */
export function writeOffspringTo(memory: SharedArrayBuffer, at: number): void {
  mine = wordsIn(memory, at)
}

/** This thread has started that process. */
export function noteOffspring(pid: number): void {
  if (!mine || pid === 0) return
  for (let at = 0; at < mine.length; at += 2) {
    if (mine[at] !== 0) continue
    mine[at + 1] = look(pid)?.birth ?? 0
    mine[at] = pid
    return
  }
}

/** Its end has been taken note of. */
export function forgetOffspring(pid: number): void {
  if (!mine || pid === 0) return
  for (let at = 0; at < mine.length; at += 2) if (mine[at] === pid) mine[at] = 0
}

/** That thread has ended: what it has left is collected, as soon as it ends. */
export function collectOffspring(memory: SharedArrayBuffer, at: number): void {
  const words = wordsIn(memory, at)
  const left: (readonly [pid: number, birth: number])[] = []
  for (let place = 0; place < words.length; place += 2) {
    if (words[place] !== 0) left.push([words[place] as number, words[place + 1] as number])
  }
  if (left.length > 0) collect(left, LOOKS)
}

function collect(children: readonly (readonly [pid: number, birth: number])[], looks: number): void {
  const rest = children.filter(([pid, birth]) => {
    const seen = look(pid)
    if (!seen || seen.birth !== birth) return false
    return !(seen.ended && collectChild(pid)) && looks > 0
  })
  if (rest.length > 0) after(LOOK_EVERY, () => collect(rest, looks - 1), { keepAlive: false })
}

/** Has that child come to its end, though the event loop has not heard of it yet? As far as that can be seen. */
export function hasEnded(pid: number): boolean {
  return look(pid)?.leaving === true
}

/** What Linux tells of a process. Elsewhere nothing, and nothing is collected. */
function look(pid: number): Seen | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Behind its name, which may have anything in it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return {
      ended: fields[0] === 'Z',
      leaving: (Number(fields[6]) & EXITING) !== 0,
      birth: Number(fields[19]) | 0,
    }
  } catch {
    return undefined
  }
}

import { readFileSync } from 'node:fs'
import { after } from '../base/index.ts'

/*
 * Each segment has an open file. The engine does not know how few of those a process may have: it collects what was
 * dropped when it is short of memory. So a thread that has opened many asks for a collection, at the next turn of its
 * event loop, since what was dropped is only let go of between turns.
 */

/** A thread asks when it has one of so many parts of the files that the process may open. */
const PART = 4
/** A process can't map more than some 65,000 files either. */
const MOST = 16_384
/** Before so many it is not worth it, however few a process may open. */
const FEW = 16
/** Without knowing how many a process may open. */
const USUAL = 1024
/** Milliseconds after a collection by which what it found has been let go of. */
const FOUND = 20

let open = 0
/** With how many it is worth looking for garbage. */
let worth = 0
let isAsked = false
/** There was a collection, and what it has found is still being let go of. */
let isRecent = false
/** After how many more; known when the first few are open. */
let least: number | undefined

/** A segment's file was opened, or one was closed. */
export function countOpen(change: 1 | -1): void {
  open += change
  if (open < FEW) return
  least ??= Math.max(FEW, Math.min(MOST, mostFiles() / PART))
  // What a collection has found is let go of little by little.
  worth = Math.max(least, Math.min(worth, open + least))
  if (open >= worth) ask()
}

/** To be called when no file could be opened: too late for this one, not for the next. */
export function collectSoon(): void {
  if (!isRecent) ask()
}

function ask(): void {
  if (isAsked) return
  isAsked = true
  isRecent = true
  after(0, collect, { keepAlive: false })
}

function collect(): void {
  collectNow()
  isAsked = false
  lookLater()
  after(FOUND, rest, { keepAlive: false })
}

function rest(): void {
  isRecent = false
  lookLater()
}

/** Those that are in use are looked through again when there are some more. */
function lookLater(): void {
  worth = open + (least ?? FEW)
}

/** The engine gives the function that collects to contexts that are made while a flag is set. */
function collectNow(): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  const { runInNewContext } = process.getBuiltinModule('node:vm')
  setFlagsFromString('--expose-gc')
  try {
    runInNewContext('gc')()
  } finally {
    if (!('gc' in globalThis)) setFlagsFromString('--no-expose-gc')
  }
}

/** Linux tells it in a file: `Max open files  1024  4096  files`. */
function mostFiles(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1')
    const [, most] = /^Max open files +(\d+)/m.exec(limits) ?? []
    return Number(most ?? MOST * PART)
  } catch {
    return USUAL
  }
}

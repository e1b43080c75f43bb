import { every, now, type Timer } from '../base/index.ts'
import type { ArenaCell } from './arena.ts'
import { countOpen } from './crowd.ts'
import { platform } from './platform/pick.ts'
import type { BlockHandle } from './platform/platform.ts'
import { removeRoute } from './routes.ts'
import { isInTree } from './tree-file.ts'

/*
 * What this thread holds of segments. The memory of a segment lives with those who hold it, so one that is underway
 * must be held by its sender until somebody else does.
 */

/** What is left of a segment when nobody uses it any more: nothing in it leads to the memory. */
export interface Held {
  readonly handle: BlockHandle
  readonly control: ArenaCell
}

/** How often to look whether something underway has arrived, in milliseconds. */
const LOOK = 500
/**
 * A worker process that ends gives what it has just sent, within so many seconds, so many milliseconds to arrive:
 * nobody else holds it yet.
 */
const LAST_SENT = 2
const LAST_WAIT = 2000

const lingering = new Set<Held>()
/** Those that were sent to another process at some time, and when that was last. */
const sent = new Map<Held, number>()
let look: Timer | undefined

/** Nobody here uses it any more. It stays while it is underway. */
export function letGo(held: Held): void {
  if (!held.control.arena.isUnderway(held.control)) return forget(held)
  lingering.add(held)
  look ??= every(LOOK, lookAfterLingering, { keepAlive: false })
}

/** It is being sent to another process. */
export function noteSent(held: Held): void {
  if (sent.size === 0 && isInTree()) process.on('exit', waitForArrivals)
  sent.set(held, now())
}

function lookAfterLingering(): void {
  for (const held of lingering) {
    if (held.control.arena.isUnderway(held.control)) continue
    lingering.delete(held)
    forget(held)
  }
  if (lingering.size > 0) return
  look?.cancel()
  look = undefined
}

function forget(held: Held): void {
  sent.delete(held)
  const { place } = held.handle
  if (place) {
    removeRoute(held.control.cells, place)
    countOpen(-1)
  }
  platform().names?.drop(held.handle)
  held.handle.release()
}

function waitForArrivals(): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const parent = process.ppid
  for (const [{ control }, since] of sent) {
    // By its own time: others may have sent it later, and some that it was sent to may have died before they took it.
    const end = since + LAST_WAIT
    while (control.arena.isUnderway(control, LAST_SENT) && now() < end && process.ppid === parent) {
      Atomics.wait(pause, 0, 0, 1)
    }
  }
}

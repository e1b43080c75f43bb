/*
 * How much this thread may still copy in this turn of its event loop. A loop of `await queue.get()` on a full queue
 * would otherwise let nothing else run, and a message of 64 MiB hold everything up for as long as its copy takes.
 */
import { afterTurn } from '../base/index.ts'

/** Bytes copied in one turn: about 60 µs. */
export const BYTES_PER_TURN = 256 * 1024
/** What a message costs besides its bytes, in bytes: some 500 small ones in one turn. */
const PER_MESSAGE = 512

let left = BYTES_PER_TURN
let planned = false

/** Is there anything left of this turn? */
export function hasTurn(): boolean {
  return left > 0
}

/** How many of `bytes` may be copied now: they are spent. Zero: go on in the next turn. */
export function takeTurn(bytes: number): number {
  if (left <= 0) return 0
  const count = Math.min(bytes, BYTES_PER_TURN)
  left -= count + PER_MESSAGE
  if (!planned) {
    planned = true
    afterTurn(renew)
  }
  return count
}

/** Runs `body` as if turns had no end: this thread is about to block anyway. */
export function withoutTurns(body: () => void): void {
  const before = left
  left = Number.POSITIVE_INFINITY
  try {
    body()
  } finally {
    left = before
  }
}

function renew(): void {
  planned = false
  left = BYTES_PER_TURN
}

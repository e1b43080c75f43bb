import { after, afterTurn } from '../base/index.ts'

/** What the plan asks to be told after so many milliseconds, and under which name. */
const LATER = {
  /** Without progress for so long, what a stuck worker has not begun is for an idle one. */
  lookAgain: { ms: 4, kind: 'balance' },
  /** Without progress for so long it is for others, though those are busy. */
  checkLater: { ms: 50, kind: 'check' },
  /** Then spare workers are started for those that were used. */
  refillSoon: { ms: 20, kind: 'refill' },
  /** Then it is tried again to start workers that could not be. */
  makeUpLater: { ms: 250, kind: 'makeUp' },
} as const

type Later = typeof LATER

export function later<What extends keyof Later>(
  what: What,
  tell: (event: { readonly kind: Later[What]['kind'] }) => void,
): void {
  const { ms, kind } = LATER[what]
  // What has come meanwhile is read first: it may be this thread that was busy, and not a worker.
  after(ms, () => afterTurn(() => tell({ kind })), { keepAlive: false })
}

import { rehearseLoading, shareOwn } from '../capture/index.ts'
import { type Graph, pack } from '../codec/index.ts'
import type { ProgramLink } from '../link/index.ts'
import { CALLS, DEFINE, PACKED } from '../wire/index.ts'
import { identity } from './identity.ts'
import { WorkerLoop } from './loop.ts'

/*
 * The engine compiles a function when it is first called, and Node prepares its loader for the first module. In a worker
 * that has just started this takes longer than all else; one that nobody needs yet has the time.
 */

const can = { transfer: false, share: false }

/** A road that leads nowhere. */
const NOWHERE: ProgramLink = {
  can,
  clear: true,
  begin: () => true,
  beginItem() {},
  send() {},
  onceClear: callback => callback(),
  listen() {},
  watch() {},
  ref() {},
  unref() {},
}

/** Takes a call of ours the way that the first call of the user's will take. Before the worker knows who it is. */
export function rehearse(): void {
  rehearseCall()
  void rehearseLoading()
}

/** The part that a program takes as well, before it leaves what it has compiled to its workers. */
export function rehearseCall(): void {
  // Who serves already has no need of it, and may be in the middle of a call.
  if (identity.isWorker) return
  const loop = new WorkerLoop(
    NOWHERE,
    { concurrency: 1, concurrencyVaries: false, pulse: 0 },
    { closed() {}, interrupted() {} },
  )
  loop.handle([DEFINE, 0, [arrived(echo)]])
  loop.handle([CALLS, 0, [0, 0, [1], 0, PACKED, arrived([{ a: [1] }])]])
}

/** A graph as it is after the crossing. */
function arrived(value: unknown): Graph {
  return structuredClone(pack(value, { path: '', can }) ?? (value as Graph))
}

function echo(value: unknown): unknown {
  return value
}

shareOwn('echo', echo)

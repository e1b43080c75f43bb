import { endEarly } from '../base/index.ts'
import { functionToRehearse, rehearseLoading, shareOwn } from '../capture/index.ts'
import { type Graph, pack } from '../codec/index.ts'
import type { ProgramLink } from '../link/index.ts'
import { type Boot, CALLS, DEFINE, PACKED, REHEARSE, REHEARSED, SOLE, type ToWorker } from '../wire/index.ts'
import { identity } from './identity.ts'
import { WorkerLoop } from './loop.ts'

/*
 * The engine compiles a function when it is first called and makes it quick when it is called often, and Node prepares
 * its loader for the first module. In a worker that has just started this takes longer than all else; one that nobody
 * needs yet has the time.
 */

/** How often a worker rehearses that has just started. */
const ALONE = 20

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
  rehearsal: () => NOWHERE,
}

/**
 * Asks for a rehearsal of what a worker like this one is told: without what it costs to send, what keeps running, and the
 * key, which may be that one's own.
 * @param times how often
 */
export function rehearsalOf(boot: Boot, times: number = ALONE): ToWorker {
  return [REHEARSE, { ...boot, authkey: '', initializer: null, labelOutput: false, pulse: 0 }, times]
}

/**
 * Takes calls of ours the way that the user's will be taken, before the worker knows who it is.
 * @param times how often
 * @param serve makes who serves at the end of a road
 */
export function rehearse(link: ProgramLink, times: number, serve: (stage: ProgramLink) => WorkerLoop): void {
  endEarly()
  const stage = link.rehearsal()
  for (let time = 0; time < times; time++) takeCalls(serve(stage))
  link.send([REHEARSED])
  void rehearseLoading()
}

/** The part that a program takes as well, before it leaves what it has compiled to its workers. */
export function rehearseCall(): void {
  // Who serves already has no need of it, and may be in the middle of a call.
  if (identity.isWorker) return
  const loop = new WorkerLoop(
    NOWHERE,
    { role: 'pool', concurrency: 1, concurrencyVaries: false, pulse: 0 },
    { closed() {}, interrupted() {} },
  )
  takeCalls(loop)
}

/** A function that travels by value, and one that every worker has. */
function takeCalls(loop: WorkerLoop): void {
  const own = pack(echo, { path: '', can }) as Graph
  const args = pack([{ list: [1], symbol: Symbol.for('echo') }], { path: '', can })
  loop.handle([DEFINE, 0, crossed([functionToRehearse(), own])])
  loop.handle([CALLS, 0, crossed([0, SOLE, 1, 1, PACKED, args])])
}

/** As it is after the crossing. */
function crossed<T>(value: T): T {
  return structuredClone(value)
}

function echo(value: unknown): unknown {
  return value
}

shareOwn('echo', echo)

import { isMainThread } from 'node:worker_threads'
import { after } from '../base/index.ts'
import { ProcessLink, type StartOptions, type WorkerLink } from '../link/index.ts'
import { identity } from './identity.ts'

/*
 * A spare process: booted, and waiting to be told who it is. Taking it makes the start of a `Process` cost a round
 * trip instead of a start of Node. A program that starts no process never has one; it does not keep the program
 * alive and ends with it.
 *
 *   Process.start() ─► take the spare, or start a process ─► a little later, when idle: the next spare
 */

/** When a new spare is started after a process was. In milliseconds: not at once, the process itself comes first. */
const REFILL_AFTER = 100

interface Spare {
  readonly link: ProcessLink
  /** What it has from this program by the moment of its start. */
  readonly surroundings: string
}

let spare: Spare | undefined
let planned = false

/** Starts a process, or takes the spare one where that makes no difference but in time. */
export function startProcess(options: StartOptions, warm: boolean): WorkerLink {
  if (!warm || !isMainThread || isSpecial(options)) return new ProcessLink(options)
  const link = takeSpare() ?? new ProcessLink(options)
  refillLater(options)
  return link
}

/** Ends the spare process, if there is one. */
export function endSpare(): void {
  spare?.link.kill('SIGKILL')
  spare = undefined
}

function isSpecial({ env, execArgv, cwd, stdio, executable, entry }: StartOptions): boolean {
  return Boolean(env ?? execArgv ?? cwd ?? stdio ?? executable) || !(entry instanceof URL)
}

function takeSpare(): WorkerLink | undefined {
  if (!spare) return undefined
  if (spare.surroundings !== surroundings()) {
    endSpare()
    return undefined
  }
  const { link } = spare
  spare = undefined
  link.ref()
  return link
}

function refillLater(options: StartOptions): void {
  if (planned) return
  planned = true
  const refill = (): void => {
    planned = false
    if (spare || identity.startMethod !== 'warm') return
    const link = new ProcessLink(options)
    link.listen({
      message() {},
      ended() {
        if (spare?.link === link) spare = undefined
      },
    })
    link.unref()
    spare = { link, surroundings: surroundings() }
  }
  after(REFILL_AFTER, refill, { keepAlive: false })
}

/** A new process would have today's environment and folder; so must the spare. */
function surroundings(): string {
  return JSON.stringify([process.cwd(), process.env])
}

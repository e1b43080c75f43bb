import { after, isMainThread } from '../base/index.ts'
import { folder, type StartOptions, type WorkerLink } from '../link/index.ts'
import { type Boot, REHEARSED } from '../wire/index.ts'
import { identity } from './identity.ts'
import { rehearsalOf } from './rehearse.ts'

/*
 * A spare process and a spare thread: booted, and waiting to be told who they are. Taking one makes the start of a
 * `Process` or `Thread` cost a round trip instead of a start of Node. A program that starts no process never has a
 * spare one, nor does one without threads have a spare thread; they do not keep the program alive and end with it.
 *
 *   start() ─► take the spare, or start anew ─► a little later, when idle: the next spare
 */

/** When a new spare is started after a worker was. In milliseconds: not at once, the worker itself comes first. */
const REFILL_AFTER = 100

/** How often program and worker rehearse by messages, after the worker alone: both have to get used to the road. */
const TOGETHER = 5

/** Starts a worker of a kind, now. */
export type MakeLink = (options: StartOptions) => WorkerLink

/** How a start has to do with spare workers. */
export interface SpareUse {
  /** A spare one will do. */
  readonly take: boolean
  /** Another is to be ready for the next start: what that one will be told is much like this. */
  readonly next: (() => Boot) | undefined
}

interface Spare {
  readonly link: WorkerLink
  /** What it has from this program by the moment of its start. */
  readonly surroundings: string
}

/** The spare workers of one kind: one at most in a program. */
export class Spares {
  readonly #make: MakeLink
  #spare: Spare | undefined
  #planned = false

  constructor(make: MakeLink) {
    this.#make = make
    all.add(this)
  }

  /** Starts a worker, or takes the spare one where that makes no difference but in time. */
  start(options: StartOptions, { take, next }: SpareUse): WorkerLink {
    if (!take || !isMainThread() || isSpecial(options)) return this.#make(options)
    const link = this.#take() ?? this.#make(options)
    if (next) this.#refillLater(options, next)
    return link
  }

  end(): void {
    this.#spare?.link.kill('SIGKILL')
    this.#spare = undefined
  }

  #take(): WorkerLink | undefined {
    if (!this.#spare) return undefined
    if (this.#spare.surroundings !== surroundings() || this.#spare.link.hasEnded) {
      this.end()
      return undefined
    }
    const { link } = this.#spare
    this.#spare = undefined
    link.ref()
    return link
  }

  #refillLater(options: StartOptions, next: () => Boot): void {
    if (this.#planned) return
    this.#planned = true
    after(REFILL_AFTER, () => this.#refill(options, next), { keepAlive: false })
  }

  #refill(options: StartOptions, next: () => Boot): void {
    this.#planned = false
    if (this.#spare || identity.startMethod !== 'warm') return
    try {
      this.#prepare(options, next())
    } catch {
      // It would only have saved time. The next start says what is wrong, if that is still so.
    }
  }

  #prepare(options: StartOptions, boot: Boot): void {
    const before = surroundings()
    const link = this.#make(options)
    let rounds = TOGETHER
    link.listen({
      message: ([kind, said]) => {
        if (kind === REHEARSED && said === undefined && rounds-- > 0) link.send(rehearsalOf(boot, 1))
      },
      ended: () => {
        if (this.#spare?.link === link) this.#spare = undefined
      },
    })
    link.send(rehearsalOf(boot))
    link.unref()
    this.#spare = { link, surroundings: before }
  }
}

const all = new Set<Spares>()

/** Ends the spare workers, if there are any. */
export function endSpares(): void {
  for (const spares of all) spares.end()
}

function isSpecial({ env, execArgv, cwd, stdio, executable, entry, resourceLimits }: StartOptions): boolean {
  return Boolean(env ?? execArgv ?? cwd ?? stdio ?? executable ?? resourceLimits) || !(entry instanceof URL)
}

/**
 * What a new worker would have today, and so must the spare: above all no rights that the program has dropped. The umask
 * is not among it: asking for it sets it for a moment, for all threads.
 */
function surroundings(): string {
  const { env, execArgv } = process
  return JSON.stringify([
    folder(),
    env,
    execArgv,
    rights(),
    process.getBuiltinModule('node:os').getPriority(),
  ])
}

/** Whose it is. Windows has no such numbers. */
function rights(): readonly unknown[] {
  const { getuid, geteuid, getgid, getegid, getgroups } = process
  return [getuid?.(), geteuid?.(), getgid?.(), getegid?.(), getgroups?.()]
}

import { afterThis, afterTurn, BUILD, createError, isMainThread } from '../base/index.ts'
import { adoptCaptureBoot, shareOwnLater } from '../capture/index.ts'
import { type Graph, packThrown, unpack } from '../codec/index.ts'
import type { ProgramLink } from '../link/index.ts'
import { BOOT, type Boot, ENDING, FAILED, READY, REHEARSE, type ToWorker } from '../wire/index.ts'
import { load } from './definitions.ts'
import { endByError, exitOnceClear, INTERRUPTED, watchStrayErrors } from './ending.ts'
import { adoptIdentity } from './identity.ts'
import { labelOutput } from './label-output.ts'
import { WorkerLoop } from './loop.ts'
import { tellOfLostOutput } from './lost-output.ts'
import { shareOwnClasses } from './own-classes.ts'
import { announceOrphaned } from './parent.ts'
import { rehearse } from './rehearse.ts'

/** The life of a worker, from its own side: hear who it is, get ready, serve, end. */
export function runWorker(link: ProgramLink): void {
  let loop: WorkerLoop | undefined
  const early: ToWorker[] = []
  // In a terminal Ctrl-C reaches every process of the program. A pool's workers, and those still without a task,
  // leave it to the program.
  if (isMainThread()) process.on('SIGINT', leaveToProgram)
  // A task that calls process.exit() ends the worker, but not what other tasks have already done.
  process.on('exit', () => {
    loop?.flush()
    link.drain?.()
    // Runs only if a listener of the user's threw out of process.exit(): a thread would hang half ended then.
    afterThis(() => process.exit())
  })
  if (isMainThread()) announceEnd(link)
  link.listen({
    message(message) {
      if (message[0] === BOOT) {
        const [, boot] = message
        refuseOtherBuild(boot)
        if (boot.role === 'pool' && boot.kind === 'process') tellOfLostOutput(link)
        void start(link, boot).then(able => {
          if (!able) return
          loop = serve(link, boot)
          for (const waiting of early) loop.handle(waiting)
        })
      } else if (message[0] === REHEARSE) {
        const [, boot, times] = message
        refuseOtherBuild(boot)
        link.watch()
        rehearse(link, times, stage => {
          // Undone at once, and so not done again by the start.
          standAlone(boot, stage)()
          void start(stage, { ...boot, role: 'pool' })
          return serve(stage, boot)
        })
      } else if (loop) loop.handle(message)
      else early.push(message)
    },
    orphaned() {
      // The program is gone. What listens for that gets a moment; nothing else has anybody to report to.
      announceOrphaned()
      if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM')
      else afterTurn(() => process.exit(1))
    },
  })
}

function leaveToProgram(): void {}

/** What it would make of the program's messages is anybody's guess. */
function refuseOtherBuild({ build, name }: Boot): void {
  if (build !== BUILD) throw createError('LIBRARY_REPLACED', { worker: name })
}

/** Is what the boot message says. Again when the worker is needed, after a rehearsal. */
function become(boot: Boot): void {
  adoptIdentity(boot)
  // What the user's code reads there is about the program; Node's part of it stays this worker's own.
  process.argv = [process.execPath, ...boot.argv]
  adoptCaptureBoot(boot.capture)
  shareOwnLater(shareOwnClasses)
}

/**
 * A program of its own, not one of a pool's workers: signals and errors are for itself.
 * @returns what undoes it
 */
function standAlone(boot: Boot, link: ProgramLink): () => void {
  const ignored = process.listeners('SIGINT').includes(leaveToProgram)
  if (ignored) process.off('SIGINT', leaveToProgram)
  const watchNoMore = watchStrayErrors(boot, link)
  return () => {
    if (ignored) process.on('SIGINT', leaveToProgram)
    watchNoMore()
  }
}

/** Gets ready for calls. Answers whether it could. */
async function start(link: ProgramLink, boot: Boot): Promise<boolean> {
  become(boot)
  if (boot.role === 'single') standAlone(boot, link)
  if (boot.labelOutput) labelOutput(boot.name)
  if (!boot.initializer) return true
  try {
    link.watch()
    await initialize(boot.initializer)
    return true
  } catch (thrown) {
    link.send([FAILED, packThrown(thrown, link.can)])
    return false
  }
}

/** Says that it listens. */
function serve(link: ProgramLink, boot: Boot): WorkerLoop {
  const loop = new WorkerLoop(link, boot, {
    closed: () => (boot.role === 'pool' ? exitOnceClear(link) : link.unref()),
    interrupted: () => {
      if (!process.emit('SIGINT')) process.exit(INTERRUPTED)
    },
    ...(boot.role === 'single' && { thrown: (thrown: unknown) => endByError(boot, link, thrown) }),
  })
  link.send([READY])
  link.watch()
  return loop
}

/**
 * Says when nothing but the end is left, all exit handlers being done: this is what `process.exit` calls then. It is not
 * documented, but known to be replaced, and left as it is for that.
 */
function announceEnd(link: ProgramLink): void {
  const ending = process as { reallyExit?: (code?: number) => never }
  const { reallyExit } = ending
  if (typeof reallyExit !== 'function') return
  ending.reallyExit = code => {
    try {
      link.send([ENDING, (code ?? 0) & 255])
    } catch {
      // The user's code can break whatever this needs. It ends all the same.
    }
    return reallyExit.call(process, code)
  }
}

async function initialize(initializer: NonNullable<Boot['initializer']>): Promise<void> {
  await load(initializer.fn as Graph)
  const fn = unpack(initializer.fn as Graph) as (...args: unknown[]) => unknown
  if (initializer.packed) await load(initializer.args as Graph)
  const args = initializer.packed ? unpack(initializer.args as Graph) : initializer.args
  await fn(...(args as unknown[]))
}

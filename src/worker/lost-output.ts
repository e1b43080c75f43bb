import { packThrown } from '../codec/index.ts'
import type { ProgramLink } from '../link/index.ts'
import { OUTPUT_LOST } from '../wire/index.ts'

/**
 * A pool's process prints where its program does. Where that fails, because the reader has gone or the disk is full,
 * the program is told, once, and the tasks go on: else one worker after the other would end by it for ever.
 *
 * To make the stream takes milliseconds, and most workers never print: it is looked after when it is first used.
 */
export function tellOfLostOutput(link: ProgramLink): void {
  const before = Object.getOwnPropertyDescriptor(process, 'stdout')
  if (!before?.configurable || !before.get) return
  const get = (): NodeJS.WriteStream => {
    Object.defineProperty(process, 'stdout', before)
    let told = false
    return process.stdout.on('error', error => {
      // Who listens in the worker looks after it there.
      if (told || process.stdout.listenerCount('error') > 1) return
      told = true
      link.send([OUTPUT_LOST, packThrown(error, link.can)])
    })
  }
  Object.defineProperty(process, 'stdout', { ...before, get })
}

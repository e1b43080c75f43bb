import { createError } from '../base/index.ts'
import { isStartedAsWorker } from '../link/index.ts'
import type { BlockOptions } from './options.ts'

let main: boolean | undefined

/** Refuses to put the main thread of a program to sleep, unless asked for. */
export function checkMayBlock(call: string, { allowBlocking = false }: BlockOptions): void {
  main ??= process.getBuiltinModule('node:worker_threads').isMainThread && !isStartedAsWorker()
  if (main && !allowBlocking) throw createError('BLOCKS_MAIN_THREAD', { call })
}

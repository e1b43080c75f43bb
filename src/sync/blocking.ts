import { createError, mayBlock, type WaitOptions } from '../base/index.ts'

/** How long a blocking call may take, and whether it may block the main thread. */
export interface BlockingOptions extends Pick<WaitOptions, 'timeout'> {
  /** Allows the call on the main thread of a program, whose event loop stands still meanwhile. Default false. */
  readonly blockMainThread?: boolean | undefined
}

/** Refuses to block the main thread of a program unless asked to. What does not wait may be called anywhere. */
export function refuseToBlock(
  call: string,
  options: BlockingOptions,
  above: (...args: never[]) => unknown,
): void {
  if (mayBlock() || options.blockMainThread || (options.timeout !== undefined && options.timeout <= 0)) return
  throw createError('BLOCKS_EVENT_LOOP', { call, instead: call.replace('Sync', '') }, { above })
}

import { checkLimits, createError, mayBlock, NO_LIMITS, type WaitOptions } from '../base/index.ts'

/** How long a blocking call may take, and whether it may block the main thread. */
export interface BlockingOptions extends Pick<WaitOptions, 'timeout'> {
  /** Allows the call on the main thread of a program, whose event loop stands still meanwhile. Default false. */
  readonly blockMainThread?: boolean | undefined
}

export const BLOCKING_LIMITS: readonly string[] = [
  'timeout',
  'blockMainThread',
] satisfies (keyof BlockingOptions)[]

/** Refuses to block the main thread of a program unless asked to. What does not wait may be called anywhere. */
export function refuseToBlock(
  call: string,
  { timeout, blockMainThread }: BlockingOptions,
  above: (...args: never[]) => unknown,
): void {
  if (mayBlock() || blockMainThread || (timeout !== undefined && timeout <= 0)) return
  throw createError('BLOCKS_EVENT_LOOP', { call }, { above })
}

/** The same for a method of this room, and refuses a wrong limit. Builds texts only for errors. */
export function checkBlocking(
  thing: object,
  method: 'acquireSync' | 'waitSync',
  options: BlockingOptions,
): void {
  if (options === NO_LIMITS && mayBlock()) return
  const call = `${thing.constructor.name}.${method}()`
  checkLimits(call, options, BLOCKING_LIMITS)
  refuseToBlock(call, options, checkBlocking)
}

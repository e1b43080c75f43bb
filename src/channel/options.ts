import type { WaitOptions } from '../base/index.ts'

export type ChannelOptions = WaitOptions

/** For the forms that put this thread to sleep. */
export interface BlockOptions {
  /** Milliseconds; zero or less polls. Default: for ever. */
  readonly timeout?: number | undefined
  /** Blocks the main thread of a program too, where nothing else runs meanwhile. Default false. */
  readonly allowBlocking?: boolean | undefined
}

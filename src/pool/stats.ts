/** How a pool is doing. A frozen record of one moment. */
export interface PoolStats {
  readonly state: 'open' | 'closed' | 'terminated' | 'broken'
  readonly workers: {
    readonly total: number
    readonly starting: number
    readonly idle: number
    readonly busy: number
    /** Names and numbers, in the order they were started. */
    readonly list: readonly {
      readonly name: string
      readonly pid: number
      readonly threadId: number
      /** Tasks that it has, begun or next in its line. */
      readonly load: number
    }[]
  }
  /** Tasks that are not begun: in the pool's line, or next in a worker's own. */
  readonly waiting: number
  /** Tasks that workers are busy with. */
  readonly running: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  /** Workers that ended by themselves or were killed. */
  readonly deaths: number
  /** How long a task takes, measured over the last ones, in milliseconds; `undefined` before the first. */
  readonly taskTime: number | undefined
}

import nodeModule from 'node:module'

/** A CommonJS module of this program. */
export interface CachedModule {
  /** `.` for the entry script. */
  readonly id: string
  readonly filename: string | null
  readonly exports: unknown
  readonly loaded: boolean
  /** What required it first; nothing, where an ES module imported it. */
  readonly parent?: CachedModule | null | undefined
}

/** The CommonJS modules of this program, by file. What `require.cache` is in every module. */
export const requireCache = Reflect.get(nodeModule, '_cache') as Readonly<
  Record<string, CachedModule | undefined>
>

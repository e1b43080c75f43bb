import { COMPILED } from './compiled-toolchains.ts'
import { GUESTS } from './guest-toolchains.ts'
import { LOADED } from './loaded-toolchains.ts'
import { PLAIN } from './plain-toolchains.ts'
import { RUNNERS } from './runner-toolchains.ts'
import type { Toolchain } from './toolchain.ts'

/** All ways in which the cases are run: the rows of the table, in its order. */
export const TOOLCHAINS: readonly Toolchain[] = [...PLAIN, ...COMPILED, ...LOADED, ...RUNNERS, ...GUESTS]

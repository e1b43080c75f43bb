import type { Kind } from '../codec/index.ts'
import type { FunctionNode } from './function-node.ts'
import { carriesInstances, isPlatformClass } from './instances.ts'
import { meetNeed, type Need } from './modules.ts'
import { packFunction } from './pack-function.ts'
import { packKept } from './pack-kept.ts'
import { behind, fillFunction, makeFunction } from './rebuild.ts'

/** Functions and classes, in a captured variable, an argument or a result alike. */
export const functionKind: Kind<Function, FunctionNode> = {
  name: 'function',
  claims: value => typeof value === 'function',
  pack: packFunction,
  make: makeFunction,
  fill: fillFunction,
  behind,
  carriesInstances,
  isPlatformClass,
  packKept,
  prepare: need => meetNeed(need as Need),
}

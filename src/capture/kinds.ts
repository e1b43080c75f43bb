import { registerKind } from '../codec/index.ts'
import { constantKind } from './constants.ts'
import { derivedKind } from './derived-objects.ts'
import { functionKind } from './function-kind.ts'
import { memberKind } from './member-kind.ts'
import { symbolKind } from './module-symbols.ts'
import { moduleKind } from './namespaces.ts'
import { prototypeKind } from './prototypes.ts'
import { cellKind } from './shared-variables.ts'
import { weakKind } from './weak-collections.ts'

/* What of this room travels, taught to the codec. */

registerKind(functionKind)
registerKind(cellKind)
registerKind(constantKind)
registerKind(moduleKind)
registerKind(derivedKind)
registerKind(prototypeKind)
registerKind(weakKind)
registerKind(memberKind)
registerKind(symbolKind)

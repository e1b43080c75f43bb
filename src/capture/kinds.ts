import { registerKind } from '../codec/index.ts'
import { derivedKind } from './derived-objects.ts'
import { functionKind } from './function-kind.ts'
import { symbolKind } from './module-symbols.ts'
import { moduleKind } from './namespaces.ts'
import { cellKind } from './shared-variables.ts'
import { prototypeKind } from './prototypes.ts'
import { weakKind } from './weak-collections.ts'

/* What of this room travels, taught to the codec. */

registerKind(functionKind)
registerKind(cellKind)
registerKind(moduleKind)
registerKind(derivedKind)
registerKind(prototypeKind)
registerKind(weakKind)
registerKind(symbolKind)

import type { Slot } from '../codec/index.ts'
import type { Holder } from './module-keeps.ts'
import type { ModuleRequest } from './modules.ts'
import type { NativePath } from './natives.ts'
import type { Form } from './parse.ts'
import type { PropertyNode } from './properties.ts'
import type { WrittenPlace } from './source-maps.ts'

/*
 * What crosses for a function or a class. Plain data; children are slots of the codec's graph.
 */
export type FunctionNode = OwnNode | NativeNode | ExportNode | KeptNode | RequireNode | BoundNode | TextNode

/** A function of this package: every worker has it. */
export interface OwnNode {
  readonly by: 'own'
  readonly name: string
}

/** Every Node program has it. */
export interface NativeNode {
  readonly by: 'native'
  readonly path: NativePath
}

/** By reference: an export of a module that the other side imports. */
export interface ExportNode {
  readonly by: 'export'
  readonly module: ModuleRequest
  /** `*`: the module itself (a CommonJS module that is a function). */
  readonly name: string
}

/** A class that a module has for itself: found through what it exports. */
export interface KeptNode extends Holder {
  readonly by: 'kept'
}

/** The `require` of a CommonJS module. */
export interface RequireNode {
  readonly by: 'require'
  readonly file: string
}

export interface BoundNode {
  readonly by: 'bound'
  /** A method that its object has by name is found again through the object, with its `super` and `#x`. */
  readonly target: Slot | { readonly method: string }
  readonly self: Slot
  readonly args: readonly Slot[]
}

/** By value: text and what it captures. */
export interface TextNode {
  readonly by: 'text'
  text: FunctionText
  /** Captured variables. */
  values: [name: string, value: Slot][]
  /** Captured variables that functions of this graph share and change: the name stands for `{ v }`. */
  cells: [name: string, cell: Slot][]
  /** Own properties that the text does not make. */
  own: readonly PropertyNode[]
  /** A class's private static fields. */
  readonly statics?: readonly (readonly [name: string, value: Slot])[]
  /** What was added to its `prototype`, or changed there. */
  proto: ProtoNode | undefined
  /** What the function itself inherits from, where that is not usual. */
  readonly above?: Slot
  /** What a class `extends`. */
  readonly extends?: Slot
  /** What `this` means in an arrow that was bound. */
  lexicalThis: Slot | undefined
  /** Which function this is, so that it is recognised when it comes home. */
  origin: string | undefined
  /** A class with all that it leads to: equal digests mean that the one rebuilt before will do. */
  digest: string | undefined
}

/** What is the same for all functions that one piece of source makes: it crosses once, their values each time. */
export interface FunctionText {
  /** Equal for equal content. */
  readonly key: string
  readonly form: Form
  readonly accessor: 'get' | 'set' | undefined
  /** The text to evaluate, edits applied. */
  readonly source: string
  readonly name: string
  readonly url: string
  /** Where the text starts in `url`, from 0. */
  readonly line: number
  readonly column: number
  /** The same as an offset, while coverage is measured. */
  readonly offset: number | undefined
  /** Where it was written, where that is another place: for stacks. */
  readonly shown: WrittenPlace | undefined
  readonly strict: boolean
  /** Uses `import()`. */
  readonly imports: boolean
  /** The name under which the text calls itself, where its own text does not say so, and its other names. */
  readonly self:
    | { readonly name: string; readonly assigned: boolean; readonly others?: readonly string[] }
    | undefined
  /** Stands for `import.meta`. */
  readonly meta: string | undefined
  /** The name of the object to which the text gives setters of private static fields. */
  readonly settersName: string | undefined
  /** Names that an import statement bound. */
  readonly imported: readonly (readonly [name: string, module: ModuleRequest, exported: string])[]
}

/** What is out of the ordinary about a function's `prototype`. */
export interface ProtoNode {
  readonly own: readonly PropertyNode[]
  /** What it inherits from, where that is not usual. */
  readonly above?: Slot
}

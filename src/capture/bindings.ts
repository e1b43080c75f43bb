/*
 * Which names does a piece of source use, which of them does it declare itself, and what is done with the rest?
 * One description serves both a function's own text (its free names are what it captures) and a whole module
 * (whose bindings say what is imported, what is never assigned again, and where a variable was declared).
 */

export type BindingKind =
  | 'var'
  | 'let'
  | 'const'
  | 'function'
  | 'class'
  | 'param'
  | 'import'
  | 'catch'
  | 'self'

export interface Binding {
  readonly name: string
  readonly kind: BindingKind
  readonly start: number
  /** A `var` or `let` whose declaration itself gives the value, at a place that runs once. */
  readonly settled: boolean
  /** Assignments other than the declaration's own. */
  writes: number
  declarations: number
}

export interface Scope {
  readonly kind: 'program' | 'function' | 'block' | 'class' | 'with'
  readonly start: number
  readonly end: number
  readonly parent: Scope | undefined
  readonly bindings: Map<string, Binding>
  readonly children: Scope[]
  /** Has a "use strict" directive of its own, or is class code. */
  readonly strict: boolean
}

/** How a name is used at one place. */
export interface Reference {
  readonly name: string
  readonly start: number
  readonly end: number
  readonly write: boolean
  /** `f()` and `new F()`; `o.key` with the key; anything else. */
  readonly role: 'call' | 'member' | 'value'
  readonly member: string | undefined
  /** `{ name }`: the text stands for key and value both. */
  readonly shorthand: boolean
  readonly scope: Scope
}

export interface Analysis {
  readonly root: Scope
  /** Names that nothing in the analysed source declares. */
  readonly free: Map<string, Reference[]>
  /** Things of the function around that no name stands for. */
  readonly lexical: { this: boolean; newTarget: boolean; super: boolean; privateName: string | undefined }
  readonly eval: boolean
  readonly with: boolean
  /** Where `import.meta` stands. */
  readonly importMeta: readonly { start: number; end: number }[]
  readonly dynamicImport: boolean
  /** Some `import()` is given something else than a literal. */
  readonly computedImport: boolean
  /** What `import()` is given, where that is a literal. */
  readonly importedLiterals: readonly string[]
}

/** The binding that a name means in a scope. */
export function lookUp(scope: Scope | undefined, name: string): Binding | undefined {
  for (let s = scope; s; s = s.parent) {
    const binding = s.bindings.get(name)
    if (binding) return binding
  }
  return undefined
}

/** The innermost scope that holds this place. */
export function scopeAt(root: Scope, offset: number): Scope {
  let scope = root
  for (;;) {
    const inner = scope.children.find(child => child.start <= offset && offset < child.end)
    if (!inner) return scope
    scope = inner
  }
}

/** Is code at this scope strict because of a directive or a class around it? */
export function isStrict(scope: Scope | undefined): boolean {
  for (let s = scope; s; s = s.parent) if (s.strict) return true
  return false
}

/** An empty scope over the stretch of a node. */
export function makeScope(
  kind: Scope['kind'],
  node: { readonly start: number; readonly end: number },
  parent: Scope | undefined,
  strict: boolean,
): Scope {
  return { kind, start: node.start, end: node.end, parent, bindings: new Map(), children: [], strict }
}

/** Where a `var` of this scope belongs. */
export function functionScope(scope: Scope): Scope {
  let s = scope
  while (s.parent && s.kind !== 'function' && s.kind !== 'class') s = s.parent
  return s
}

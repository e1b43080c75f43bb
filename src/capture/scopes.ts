import type * as acorn from 'acorn'
import {
  type Analysis,
  type Binding,
  type BindingKind,
  functionScope,
  lookUp,
  makeScope,
  type Reference,
  type Scope,
} from './bindings.ts'
import {
  computes,
  hasUseStrict,
  isAsyncHelper,
  isNode,
  literalKey,
  makesNew,
  mentionsThis,
  namelessFunctionIn,
} from './syntax.ts'

/*
 * The walk over a piece of source that finds its names. What it finds is described in `bindings.ts`.
 */

type Node = acorn.AnyNode

/** What a declaration says of its variables beside their names. */
type Declared = Pick<Binding, 'settled' | 'fresh' | 'pattern'>

const PLAIN: Declared = { settled: true, fresh: false, pattern: undefined }
const FRESH: Declared = { settled: true, fresh: true, pattern: undefined }

/** Analyses a program, or one function, class or method (`Property`) taken out of one. */
export function analyse(node: Node): Analysis {
  return new ScopeWalker(node).run()
}

class ScopeWalker {
  readonly #node: Node
  readonly #root: Scope
  readonly #references: Reference[] = []
  readonly #lexical: Analysis['lexical'] = {
    this: false,
    newTarget: false,
    super: false,
    privateName: undefined,
  }
  readonly #importMeta: { start: number; end: number }[] = []
  readonly #privateNames: Set<string>[] = []
  #eval = false
  #with = false
  #dynamicImport = false
  #computedImport = false
  readonly #importedLiterals: string[] = []
  #scope: Scope
  /** Whether `this` and `super` here belong to something inside the analysed source. */
  #ownThis = false
  #ownSuper = false
  /** Inside a loop a declaration runs more than once. */
  #loops = 0
  /** A function without a name that is called where it stands. */
  #calledHere: Node | undefined

  constructor(node: Node) {
    this.#node = node
    this.#root = makeScope('program', node, undefined, hasUseStrict(node))
    this.#scope = this.#root
  }

  run(): Analysis {
    this.#visit(this.#node)
    const free = new Map<string, Reference[]>()
    for (const reference of this.#references) {
      const binding = lookUp(reference.scope, reference.name)
      if (binding) {
        if (reference.write) {
          binding.writes++
          ;(binding.writers ??= []).push(reference.scope)
        }
        continue
      }
      const list = free.get(reference.name)
      if (list) list.push(reference)
      else free.set(reference.name, [reference])
    }
    return {
      root: this.#root,
      free,
      lexical: this.#lexical,
      eval: this.#eval,
      with: this.#with,
      importMeta: this.#importMeta,
      dynamicImport: this.#dynamicImport,
      computedImport: this.#computedImport,
      importedLiterals: this.#importedLiterals,
    }
  }

  #visit(node: Node | null | undefined): void {
    if (!node) return
    switch (node.type) {
      case 'Identifier':
        return this.#refer(node, { role: 'value' })
      case 'FunctionDeclaration':
        if (node.id) this.#declare(node.id, 'function', this.#scope)
        return this.#function(node)
      case 'FunctionExpression':
        if (!node.id) return this.#function(node)
        return this.#within('block', node, () => {
          this.#declare(node.id as acorn.Identifier, 'self', this.#scope)
          this.#function(node)
        })
      case 'ArrowFunctionExpression':
        return this.#function(node)
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#class(node)
      case 'VariableDeclaration':
        return this.#variables(node)
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) this.#declare(specifier.local, 'import', this.#scope)
        return
      case 'ExportNamedDeclaration':
        if (node.declaration) return this.#visit(node.declaration)
        if (!node.source) for (const { local } of node.specifiers) this.#visit(local)
        return
      case 'ExportAllDeclaration':
        return
      case 'BlockStatement':
      case 'StaticBlock':
        return this.#within('block', node, () => {
          if (node.type === 'BlockStatement') return this.#list(node.body)
          this.#owning(() => this.#list(node.body))
        })
      case 'SwitchStatement':
        this.#visit(node.discriminant)
        return this.#within('block', { ...node, start: node.discriminant.end }, () => this.#list(node.cases))
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        return this.#loop(node)
      case 'CatchClause':
        return this.#within('block', node, () => {
          if (node.param) this.#pattern(node.param, 'catch', this.#scope)
          this.#visit(node.body)
        })
      case 'WithStatement':
        this.#with = true
        this.#visit(node.object)
        return this.#within('with', node.body, () => this.#visit(node.body))
      case 'AssignmentExpression':
        this.#target(node.left, node.operator !== '=')
        return this.#visit(node.right)
      case 'UpdateExpression':
        return this.#target(node.argument, true)
      case 'CallExpression':
        if (node.callee.type === 'Identifier' && node.callee.name === 'eval') this.#eval = true
        return this.#call(node)
      case 'NewExpression':
        return this.#call(node)
      case 'MemberExpression':
        return this.#member(node)
      case 'Property':
        return this.#property(node)
      case 'MethodDefinition':
      case 'PropertyDefinition':
        return this.#classElement(node)
      case 'MetaProperty':
        if (node.meta.name === 'import') this.#importMeta.push({ start: node.start, end: node.end })
        else if (!this.#ownThis) this.#lexical.newTarget = true
        return
      case 'ThisExpression':
        if (!this.#ownThis) this.#lexical.this = true
        return
      case 'Super':
        if (!this.#ownSuper) this.#lexical.super = true
        return
      case 'PrivateIdentifier':
        if (!this.#privateNames.some(names => names.has(node.name))) this.#lexical.privateName ??= node.name
        return
      case 'ImportExpression':
        this.#dynamicImport = true
        if (node.source.type === 'Literal') this.#importedLiterals.push(String(node.source.value))
        else this.#computedImport = true
        return this.#children(node)
      case 'LabeledStatement':
        return this.#visit(node.body)
      case 'BreakStatement':
      case 'ContinueStatement':
        return
      default:
        return this.#children(node)
    }
  }

  /** Everything below a node that needs no rule of its own. */
  #children(node: Node): void {
    for (const value of Object.values(node) as unknown[]) {
      if (Array.isArray(value)) this.#list(value as Node[])
      else if (isNode(value)) this.#visit(value)
    }
  }

  #list(nodes: readonly (Node | null)[]): void {
    for (const node of nodes) if (isNode(node)) this.#visit(node)
  }

  #within(kind: Scope['kind'], node: Node, inside: () => void, strict = false, again?: boolean): void {
    const before = this.#scope
    this.#scope = makeScope(kind, node, before, strict, again)
    inside()
    this.#scope = before
  }

  /** Runs `inside` where `this` (and with `home` also `super`) belongs to the analysed source. */
  #owning(inside: () => void, home = false): void {
    const [ownThis, ownSuper] = [this.#ownThis, this.#ownSuper]
    this.#ownThis = true
    this.#ownSuper = home
    inside()
    this.#ownThis = ownThis
    this.#ownSuper = ownSuper
  }

  #function(node: acorn.Function | acorn.FunctionDeclaration, home = false): void {
    const inside = () => {
      const loops = this.#loops
      this.#loops = 0
      if (node.type !== 'ArrowFunctionExpression') this.#bind('arguments', 'param', node.start, this.#scope)
      for (const param of node.params) this.#pattern(param, 'param', this.#scope)
      this.#body(node)
      this.#loops = loops
    }
    this.#within(
      'function',
      node as Node,
      () => {
        if (node.type === 'ArrowFunctionExpression') inside()
        else this.#owning(inside, home)
      },
      hasUseStrict(node.body),
      node !== this.#calledHere,
    )
  }

  /** What stands among the parameters does not see what the body declares. */
  #body({ body, params }: acorn.Function): void {
    if (body.type !== 'BlockStatement') return this.#visit(body)
    if (!params.some(computes)) return this.#list(body.body)
    this.#within('function', body, () => this.#list(body.body), false, false)
  }

  #class(node: acorn.Class): void {
    if (node.type === 'ClassDeclaration' && node.id) this.#declare(node.id, 'class', this.#scope)
    const names = new Set<string>()
    for (const element of node.body.body) {
      if ('key' in element && element.key.type === 'PrivateIdentifier') names.add(element.key.name)
    }
    this.#within(
      'class',
      node as Node,
      () => {
        if (node.id) this.#declare(node.id, 'self', this.#scope)
        this.#visit(node.superClass)
        this.#privateNames.push(names)
        for (const element of node.body.body) this.#visit(element)
        this.#privateNames.pop()
      },
      true,
    )
  }

  #classElement(node: acorn.MethodDefinition | acorn.PropertyDefinition): void {
    if (node.computed) this.#visit(node.key)
    const { value } = node
    if (!value) return
    if (node.type === 'MethodDefinition') return this.#function(value as acorn.FunctionExpression, true)
    this.#within('function', value, () => this.#owning(() => this.#visit(value), true))
  }

  #property(node: acorn.Property | acorn.AssignmentProperty): void {
    if (node.computed) this.#visit(node.key)
    const value = node.value as Node
    if (node.shorthand && value.type === 'Identifier') {
      return this.#refer(value, { role: 'value', shorthand: true })
    }
    const isMethod = 'method' in node && (node.method || node.kind !== 'init')
    if (isMethod && value.type === 'FunctionExpression') {
      // The analysed method itself has a home object that can't be read; one inside the source has its own.
      return this.#function(value, node !== this.#node)
    }
    this.#visit(value)
  }

  #variables(node: acorn.VariableDeclaration): void {
    const scope = node.kind === 'var' ? functionScope(this.#scope) : this.#scope
    const kind = node.kind === 'var' || node.kind === 'let' ? node.kind : 'const'
    for (const { id, init } of node.declarations) {
      const fresh = id.type === 'Identifier' && makesNew(init)
      this.#pattern(id, kind, scope, { settled: this.#settles(node.kind, init), fresh, pattern: undefined })
      this.#visit(init)
    }
  }

  /** Does this declaration give the value that the variable keeps unless someone assigns to it later? */
  #settles(kind: string, init: acorn.Expression | null | undefined): boolean {
    if (kind !== 'var') return true
    return init != null && this.#loops === 0 && this.#scope.kind !== 'block' && this.#scope.kind !== 'with'
  }

  #loop(node: acorn.Node & { body: acorn.Statement }): void {
    this.#within('loop', node as Node, () => {
      this.#loops++
      const loop = node as unknown as { readonly [part: string]: unknown }
      const left = loop['left'] as Node | undefined
      if (left && left.type !== 'VariableDeclaration') this.#target(left, false)
      else this.#visit(left)
      for (const part of ['init', 'test', 'update', 'right']) this.#visit(loop[part] as Node | undefined)
      this.#visit(node.body)
      this.#loops--
    })
  }

  #call(node: acorn.CallExpression | acorn.NewExpression): void {
    this.#calledHere = namelessFunctionIn(node.callee)
    if (node.callee.type === 'Identifier') this.#refer(node.callee, { role: 'call' })
    else this.#visit(node.callee)
    // Compiled `async` functions hand their `this` to a helper although nothing inside uses it.
    const [first] = node.arguments
    const idle =
      first?.type === 'ThisExpression' && isAsyncHelper(node.callee) && !mentionsThis(node.arguments)
    this.#list(idle ? node.arguments.slice(1) : node.arguments)
  }

  #member(node: acorn.MemberExpression): void {
    const key = node.computed ? literalKey(node.property) : (node.property as acorn.Identifier).name
    if (node.object.type === 'Identifier') this.#refer(node.object, { role: 'member', member: key })
    else this.#visit(node.object)
    if (node.computed || node.property.type === 'PrivateIdentifier') this.#visit(node.property)
  }

  /** The left side of an assignment. */
  #target(node: Node, reads: boolean): void {
    switch (node.type) {
      case 'Identifier':
        if (reads) this.#refer(node, { role: 'value' })
        return this.#refer(node, { role: 'value', write: true })
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'RestElement') this.#target(property.argument, false)
          else this.#patternProperty(property, value => this.#target(value, false))
        }
        return
      case 'ArrayPattern':
        for (const element of node.elements) if (element) this.#target(element, false)
        return
      case 'AssignmentPattern':
        this.#target(node.left, false)
        return this.#visit(node.right)
      case 'RestElement':
        return this.#target(node.argument, false)
      case 'ParenthesizedExpression':
        return this.#target(node.expression, reads)
      default:
        return this.#visit(node)
    }
  }

  #patternProperty(property: acorn.AssignmentProperty, value: (node: Node) => void): void {
    if (property.computed) this.#visit(property.key)
    if (!property.shorthand) return value(property.value)
    const mark = this.#references.length
    value(property.value)
    const [first] = this.#references.slice(mark)
    if (first) this.#references[mark] = { ...first, shorthand: true }
  }

  /** A declaration's pattern: declares its names, visits its defaults. */
  #pattern(node: Node, kind: BindingKind, scope: Scope, declared = PLAIN): void {
    switch (node.type) {
      case 'Identifier':
        return this.#declare(node, kind, scope, declared)
      case 'ObjectPattern': {
        const parts = { ...declared, pattern: node.start }
        for (const property of node.properties) {
          if (property.type === 'RestElement') {
            this.#pattern(property.argument, kind, scope, parts)
            continue
          }
          if (property.computed) this.#visit(property.key)
          this.#pattern(property.value, kind, scope, parts)
        }
        return
      }
      case 'ArrayPattern': {
        const parts = { ...declared, pattern: node.start }
        for (const element of node.elements) if (element) this.#pattern(element, kind, scope, parts)
        return
      }
      case 'AssignmentPattern':
        this.#pattern(node.left, kind, scope, declared)
        return this.#visit(node.right)
      case 'RestElement':
        return this.#pattern(node.argument, kind, scope, declared)
      default:
        return this.#visit(node)
    }
  }

  #declare(id: acorn.Identifier, kind: BindingKind, scope: Scope, given?: Declared): void {
    const declared = given ?? (kind === 'function' || kind === 'class' ? FRESH : PLAIN)
    this.#bind(id.name, kind, id.start, scope, declared)
  }

  #bind(name: string, kind: BindingKind, start: number, scope: Scope, declared = PLAIN): void {
    const known = scope.bindings.get(name)
    if (known) known.declarations++
    else {
      const { settled, fresh, pattern } = declared
      scope.bindings.set(name, { name, kind, start, settled, fresh, pattern, writes: 0, declarations: 1 })
    }
  }

  #refer(
    node: acorn.Identifier,
    how: { role: Reference['role']; member?: string | undefined; write?: boolean; shorthand?: boolean },
  ): void {
    const { name, start, end } = node
    this.#references.push({
      name,
      start,
      end,
      write: how.write ?? false,
      role: how.role,
      member: how.member,
      shorthand: how.shorthand ?? false,
      scope: this.#scope,
    })
  }
}

import type { Packer, Slot } from '../codec/index.ts'
import { mayImportEntry, wayToEntry } from './entry-guard.ts'
import type { FunctionText, TextNode } from './function-node.ts'
import { type GraphState, isFixed } from './graph-state.ts'
import { type Home, homeOf } from './home-object.ts'
import type { Inspected } from './inspect.ts'
import { layoutOf } from './layout.ts'
import { isLive } from './live-bindings.ts'
import { type ModuleRequest, type Need, needFence, needModule, requestFor } from './modules.ts'
import { knownGlobals } from './natives.ts'
import { importedOnlyHere } from './only-here.ts'
import { originOf } from './origins.ts'
import { noteExport } from './module-symbols.ts'
import { membersOf, moduleRequestOf, nativeStandIn, StandIn } from './namespaces.ts'
import { ownNodes, protoNode } from './own.ts'
import { type ParsedFunction, parseFunction } from './parse.ts'
import { recipeOf } from './recipes.ts'
import { REFUSALS, type Refusal, refusalError } from './refusals.ts'
import { isStrict, lookUp, type Reference, scopeAt } from './bindings.ts'
import { placeIn } from './module-info.ts'
import { lineAndColumn, type Place, type Script } from './scripts.ts'
import { warnAssigned } from './warnings.ts'
import { accessEdits, applyEdits, type Edit, unusedName } from './edits.ts'
import { keepSight } from './sights.ts'
import { isGeneratorHelper } from './syntax.ts'
import { textOf } from './text.ts'
import { internText } from './texts.ts'

/*
 * A function by value: its text, edited where it would mean something else over there, and what its free names
 * stand for: variables (taken now), imports (made again over there), itself, or nothing (a global).
 */

/** `file:line:column`, counted from 1, in the file that the user wrote. */
function writtenAt(script: Script, line: number, column: number): string {
  const place = script.map?.(line, column) ?? { url: script.url, line, column }
  return `${place.url}:${place.line + 1}:${place.column + 1}`
}

export function packText(
  fn: Function,
  inspected: Inspected,
  place: Place | undefined,
  packer: Packer,
  state: GraphState,
): TextNode {
  return new TextPacker(fn, inspected, place, packer, state).pack()
}

class TextPacker {
  readonly #fn: Function
  readonly #inspected: Inspected
  readonly #place: Place | undefined
  readonly #packer: Packer
  readonly #state: GraphState
  readonly #text: string
  readonly #parsed: ParsedFunction
  readonly #url: string
  readonly #edits: Edit[] = []
  readonly #values: TextNode['values'] = []
  readonly #imported: [string, ModuleRequest, string][] = []
  readonly #declarations = new Map<string, () => string | undefined>()
  /** Where names were found. */
  readonly #found: (readonly [scope: number, name: string])[] = []
  /** None of them can have another value at another time. */
  #fixed = true
  #self: FunctionText['self']
  #meta: FunctionText['meta']
  /** Captured variables that somebody may assign to. */
  readonly #shared: { name: string; references: readonly Reference[]; scope: number }[] = []

  constructor(
    fn: Function,
    inspected: Inspected,
    place: Place | undefined,
    packer: Packer,
    state: GraphState,
  ) {
    this.#fn = fn
    this.#inspected = inspected
    this.#place = place
    this.#packer = packer
    this.#state = state
    this.#text = textOf(fn)
    this.#url = recipeOf(fn)?.url ?? place?.script.url ?? ''
    try {
      this.#parsed = parseFunction(this.#text)
    } catch (error) {
      this.#refuse(REFUSALS.unparsable(error instanceof Error ? error.message : String(error)))
    }
  }

  pack(): TextNode {
    const { analysis, computedKey } = this.#parsed
    this.#checkLexical()
    this.#keepName()
    if (computedKey) this.#edits.push({ ...computedKey, text: JSON.stringify(this.#fn.name) })
    this.#editImportMeta()
    this.#superClass()
    for (const [name, references] of this.#freeNames()) this.#capture(name, references)
    if (analysis.dynamicImport) this.#needImports()
    const node: TextNode = {
      by: 'text',
      text: this.#functionText(),
      values: this.#values,
      cells: [],
      own: ownNodes(this.#fn, this.#text, this.#parsed, this.#packer),
      proto: protoNode(this.#fn, this.#text, this.#parsed, this.#packer),
      lexicalThis: this.#lexicalThis(),
      origin: originOf(this.#fn),
      digest: undefined,
    }
    this.#state.declarations.set(node, this.#declarations)
    for (const { name, references, scope } of this.#shared) {
      const user = { fn: this.#fn, node, text: this.#text, edits: this.#edits, name, references }
      const ambiguous = this.#state.variables.use(user, this.#inspected, scope, this.#packer)
      if (ambiguous) this.#refuse(REFUSALS.ambiguous(this.#writtenName(name)), this.#declaredAt(name))
    }
    if (this.#fixed) keepSight(this.#fn, { inspected: this.#inspected, place: this.#place }, this.#found)
    return node
  }

  #needImports(): void {
    const { computedImport, importedLiterals } = this.#parsed.analysis
    const targets = this.#url ? importedLiterals.map(specifier => this.#requestOf(specifier)) : []
    const suspect = targets.some(({ from, parent }) => parent === undefined && mayImportEntry(from))
    if (computedImport || suspect) needFence(this.#packer)
    this.#packer.need('function', { importsIn: this.#url } satisfies Need)
  }

  /** What `import(specifier)` means in the function's file. */
  #requestOf(specifier: string): ModuleRequest {
    return requestFor({ specifier, name: '*', attributes: undefined }, this.#url)
  }

  #functionText(): FunctionText {
    const { form, accessor, analysis } = this.#parsed
    const shown = this.#shown()
    return internText({
      form,
      accessor,
      source: applyEdits(this.#text, this.#edits),
      name: typeof this.#fn.name === 'string' ? this.#fn.name : '',
      url: this.#url,
      line: this.#place?.line ?? 0,
      column: this.#place?.column ?? 0,
      shown,
      strict: this.#isStrict(),
      imports: analysis.dynamicImport,
      self: this.#self,
      meta: this.#meta,
      imported: this.#imported,
    })
  }

  #checkLexical(): void {
    const { lexical, eval: evaluates, importedLiterals } = this.#parsed.analysis
    if (lexical.this && !this.#state.lexicalThis.has(this.#fn)) this.#refuse(REFUSALS.lexicalThis())
    if (lexical.newTarget) this.#refuse(REFUSALS.lexicalNewTarget())
    if (lexical.super) this.#refuse(REFUSALS.homeObject('super', this.#home()))
    if (lexical.privateName) this.#refuse(REFUSALS.homeObject(lexical.privateName, this.#home()))
    if (evaluates) this.#refuse(REFUSALS.eval())
    for (const specifier of this.#url ? importedLiterals : []) {
      const { from, parent } = this.#requestOf(specifier)
      const way = parent === undefined ? wayToEntry(from) : undefined
      if (way) this.#refuse(REFUSALS.wouldRunEntry(way))
    }
  }

  #home(): Home {
    return homeOf(this.#parsed.form, this.#place)
  }

  /*
   * A declared function's name means the variable around it, which may hold something else by now. Evaluated as an
   * expression, the name would mean the function itself: blank it out where the two differ.
   */
  #keepName(): void {
    const { ownName, form } = this.#parsed
    if (!ownName || form !== 'function') return
    const found = this.#find(ownName.name)
    if (!found) return
    this.#fixed &&= isFixed(found.value, this.#binding(ownName.name), this.#place?.script)
    const references = parseFunction(
      this.#text.slice(0, ownName.start) + ' '.repeat(ownName.name.length) + this.#text.slice(ownName.end),
    ).analysis.free.get(ownName.name)
    if (!references) return
    const isItself = found.value === this.#fn && !references.some(r => r.write)
    if (isItself) return
    this.#edits.push({ start: ownName.start, end: ownName.end, text: ' '.repeat(ownName.name.length) })
    this.#capture(ownName.name, references)
  }

  /** Stacks show what the user wrote. Relative `import()` goes by the file that runs, so it has to be the same. */
  #shown(): FunctionText['shown'] {
    const recipe = recipeOf(this.#fn)
    if (recipe) return recipe.shown
    const layout = layoutOf(this.#text, this.#place)
    if (!layout || (this.#parsed.analysis.dynamicImport && layout.url !== this.#url)) return undefined
    const { edits, ...shown } = layout
    const inOther = (edit: Edit): boolean => this.#edits.some(o => o.start < edit.start && edit.start < o.end)
    this.#edits.push(...edits.filter(edit => !inOther(edit)))
    return shown
  }

  #lexicalThis(): Slot | undefined {
    if (!this.#parsed.analysis.lexical.this) return undefined
    return this.#packer.slot(this.#state.lexicalThis.get(this.#fn), ' → this')
  }

  #editImportMeta(): void {
    this.#meta = recipeOf(this.#fn)?.meta
    const places = this.#parsed.analysis.importMeta
    if (this.#meta || places.length === 0) return
    this.#meta = unusedName('$importMeta', this.#text)
    for (const { start, end } of places) this.#edits.push({ start, end, text: this.#meta })
  }

  /** The class above is the one it has now, not what its `extends` expression would give again. */
  #superClass(): void {
    const { heritage } = this.#parsed
    const above: unknown = Object.getPrototypeOf(this.#fn)
    if (!heritage || typeof above !== 'function' || above === Function.prototype) return
    const name = unusedName('$super', this.#text)
    this.#edits.push({ ...heritage, text: name.padEnd(heritage.end - heritage.start) })
    this.#values.push([name, this.#packer.slot(above, ' → extends')])
  }

  /** Without what only the replaced parts of the text mention. */
  #freeNames(): [string, readonly Reference[]][] {
    const { analysis, heritage, computedKey } = this.#parsed
    const replaced = [heritage, computedKey].filter(part => part !== undefined)
    const names: [string, readonly Reference[]][] = []
    for (const [name, all] of analysis.free) {
      const references = all.filter(r => !replaced.some(part => part.start <= r.start && r.end <= part.end))
      if (references.length > 0) names.push([name, references])
    }
    return names
  }

  #capture(name: string, references: readonly Reference[]): void {
    const recipe = recipeOf(this.#fn)
    if (name === recipe?.meta || this.#byTestRunner(name)) return
    const again = recipe?.imported.find(([local]) => local === name)
    if (again) return this.#import(name, again[1], again[2])
    const found = this.#find(name)
    if (!found) return this.#global(name)
    const written = references.some(r => r.write)
    if (name === 'arguments') return this.#arguments(found.value as ArrayLike<unknown>, references)
    if (found.value === this.#fn && !(found.isModule && this.#isImport(name))) {
      this.#fixed &&= isFixed(found.value, this.#binding(name), this.#place?.script)
      this.#self = { name, assigned: written }
      return
    }
    if (found.isModule && this.#reimport(name, found.value, references)) return
    this.#fixed &&= isFixed(found.value, this.#binding(name), this.#place?.script)
    if (written) this.#assigned(name)
    const value = this.#replaced(name, found, references) ?? found.value
    const request = moduleRequestOf(value)
    if (request) return this.#import(name, request, '*')
    const binding = this.#binding(name)
    this.#state.captured(value, binding, this.#place?.script, references)
    const step = ` → ${this.#writtenName(name)}`
    this.#values.push([name, this.#packer.slot(value, step)])
    this.#declarations.set(name, () => this.#declaredAt(name))
    this.#state.locate([...this.#packer.path(), step], this.#describe(name), () => this.#declaredAt(name))
    const fixed = binding !== undefined && binding.writes === 0 && !this.#place?.script.info?.analysis.eval
    if (!fixed) this.#shared.push({ name, references, scope: found.scope })
  }

  /** What Vite and Vitest write for `import.meta` and `import()`. */
  #byTestRunner(name: string): boolean {
    if (name === '__vite_ssr_import_meta__') this.#meta = name
    else if (name === '__vite_ssr_dynamic_import__') {
      this.#values.push([name, this.#packer.slot(new StandIn({ importOf: this.#url }), ` → ${name}`)])
    } else return false
    return true
  }

  /** An arrow's `arguments` are those of the function around it, and no parameter may have that name. */
  #arguments(value: ArrayLike<unknown>, references: readonly Reference[]): void {
    const name = unusedName('$arguments', this.#text)
    for (const { start, end, shorthand } of references) {
      this.#edits.push({ start, end, text: shorthand ? `arguments:${name}` : name })
    }
    this.#fixed = false
    this.#state.unstable()
    this.#values.push([name, this.#packer.slot(Array.from(value), ' → arguments')])
  }

  /** What is sent instead of a CommonJS module's own `require`, or of a whole module's object. */
  #replaced(
    name: string,
    found: { readonly value: unknown; readonly isModule: boolean },
    references: readonly Reference[],
  ): unknown {
    const isCommonJs = !found.isModule && this.#url.startsWith('file:')
    if (name === 'require' && isCommonJs && typeof found.value === 'function') {
      return new StandIn({ requireOf: this.#url })
    }
    if ((name === 'exports' || name === 'module') && !isCommonJs) return undefined
    return nativeStandIn(found.value) ?? membersOf(name, found.value, references)
  }

  /** D2: over there, only a copy changes. */
  #assigned(name: string): void {
    this.#state.unstable()
    // Nobody can change a package, and what it does inside is its own business.
    if (this.#url.includes('/node_modules/') || isGeneratorHelper(this.#text)) return
    const declaredAt = this.#declaredAt(name)
    if (this.#state.strict) this.#refuse(REFUSALS.assigned(this.#writtenName(name)), declaredAt)
    warnAssigned(this.#fn.name || '(anonymous)', this.#writtenName(name), this.#at() ?? '', declaredAt)
  }

  #find(name: string) {
    const { scopes } = this.#inspected
    for (let scope = 0; scope < scopes.length; scope++) {
      const { description, variables } = scopes[scope] as (typeof scopes)[number]
      if (description === 'Global') return undefined
      if (!Object.hasOwn(variables, name)) continue
      this.#found.push([scope, name])
      return { value: this.#read(variables, name), scope, isModule: description === 'Module' }
    }
    return undefined
  }

  #read(variables: Readonly<Record<string, unknown>>, name: string): unknown {
    try {
      return variables[name]
    } catch (cause) {
      return this.#refuse(REFUSALS.tooEarly(this.#writtenName(name)), this.#declaredAt(name), cause)
    }
  }

  #isImport(name: string): boolean {
    return this.#place?.script.info?.imports.has(name) === true
  }

  /** A name that an import statement bound is imported again over there. */
  #reimport(name: string, value: unknown, references: readonly Reference[]): boolean {
    const binding = this.#place?.script.info?.imports.get(name)
    if (!binding) return false
    const request = requestFor(binding, this.#url)
    if (importedOnlyHere(this.#place?.script, request.from)) return false
    const way = request.parent === undefined ? wayToEntry(request.from) : undefined
    if (way) {
      // Its values as they are now do as well, but a namespace has them all.
      const whole = binding.name === '*' && references.some(r => r.member === undefined)
      return whole ? this.#refuse(REFUSALS.wouldRunEntry(way), this.#declaredAt(name)) : false
    }
    noteExport(value, request, binding.name)
    if (isLive(request, binding.name)) this.#importLive(name, request, binding.name, references)
    else this.#import(name, request, binding.name)
    return true
  }

  /** The module assigns to it: each use reads it from the module. */
  #importLive(
    name: string,
    request: ModuleRequest,
    exported: string,
    references: readonly Reference[],
  ): void {
    const namespace = unusedName(`${name}$`, this.#text)
    this.#import(namespace, request, '*')
    this.#edits.push(...accessEdits(references, name, `${namespace}.${exported}`))
  }

  #import(name: string, request: ModuleRequest, exported: string): void {
    needModule(this.#packer, request)
    this.#imported.push([name, request, exported])
  }

  /** Left alone when the other side has it too; what the program put on the global object is captured. */
  #global(name: string): void {
    if (knownGlobals().has(name)) return
    const global = this.#inspected.scopes.find(scope => scope.description === 'Global')?.variables
    if (!global || !Object.hasOwn(global, name)) return
    this.#state.unstable()
    this.#values.push([name, this.#packer.slot(global[name], ` → ${name}`)])
  }

  #isStrict(): boolean {
    const recipe = recipeOf(this.#fn)
    if (recipe) return recipe.strict
    if (this.#parsed.form === 'class') return true
    if (this.#inspected.scopes.some(scope => scope.description === 'Module')) return true
    const { script, offset } = this.#place ?? {}
    const root = script?.info?.analysis.root
    return root !== undefined && offset !== undefined && isStrict(scopeAt(root, offset))
  }

  /** The binding that a captured name has in its source, where that could be read. */
  #binding(name: string) {
    const { script, offset } = this.#place ?? {}
    const root = script?.info?.analysis.root
    return root && offset !== undefined ? lookUp(scopeAt(root, offset), name) : undefined
  }

  /** What the user called a variable that a minifier gave another name. */
  #writtenName(name: string): string {
    const { script } = this.#place ?? {}
    const binding = script?.map && this.#binding(name)
    if (!binding || !script?.info) return name
    const { line, column } = placeIn(script.info.lines, binding.start)
    return script.map?.(line, column)?.name ?? name
  }

  #declaredAt(name: string): string | undefined {
    const { script } = this.#place ?? {}
    const binding = this.#binding(name)
    if (!binding || script?.source === undefined) return this.#at()
    const { line, column } = lineAndColumn(script.source, binding.start)
    return writtenAt(script, line, column)
  }

  #at(): string | undefined {
    const place = this.#place
    return place?.script.url ? writtenAt(place.script, place.line, place.column) : undefined
  }

  #describe(variable?: string): string {
    const name = this.#fn.name || '(anonymous)'
    const what = this.#parsed?.form === 'class' ? `the class ${name}` : `the function ${name}`
    return variable === undefined ? what : `the variable ${this.#writtenName(variable)} of ${what}`
  }

  #refuse(refusal: Refusal, declaredAt = this.#at(), cause?: unknown): never {
    throw refusalError(this.#describe(), refusal, {
      path: this.#packer.path().map(String),
      declaredAt,
      ...(cause === undefined ? {} : { cause }),
    })
  }
}

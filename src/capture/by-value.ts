import { reasonText } from '../base/index.ts'
import type { Packer, Slot } from '../codec/index.ts'
import { countedFrom, isCounted } from './coverage.ts'
import { mayImportEntry, wayToEntry } from './entry-guard.ts'
import type { FunctionText, TextNode } from './function-node.ts'
import { type Found, findName, keepsValue, mayChange } from './found-names.ts'
import { type GraphState, isInPackage } from './graph-state.ts'
import type { Inspected } from './inspect.ts'
import { isOfItself, keepText, keptText } from './kept-texts.ts'
import { layoutOf } from './layout.ts'
import { isLive } from './live-bindings.ts'
import { isLoadable } from './loadable.ts'
import { type ModuleRequest, type Need, needFence, needModule, requestFor, wholeModule } from './modules.ts'
import { knownGlobals } from './natives.ts'
import { importedOnlyHere } from './only-here.ts'
import { originOf } from './origins.ts'
import { outOfReach } from './out-of-reach.ts'
import { isRequireOfModule } from './own-require.ts'
import { noteExport } from './module-keeps.ts'
import { membersOf, moduleRequestOf, nativeStandIn, StandIn } from './namespaces.ts'
import { type ClassText, classText, isWithin, NO_CLASS } from './class-text.ts'
import { hungNodes } from './own.ts'
import { type ParsedFunction, parseFunction } from './parse.ts'
import { recipeOf } from './recipes.ts'
import { ofPackage, REFUSALS, type Refusal, refusalError } from './refusals.ts'
import type { Reference } from './bindings.ts'
import { Constant } from './constants.ts'
import { declarationOf } from './declarations.ts'
import type { Place } from './scripts.ts'
import { bindingAt, declaredAt, writtenAt, writtenName } from './source-names.ts'
import { warnAssigned } from './warnings.ts'
import { accessEdits, applyEdits, type Edit, unusedName } from './edits.ts'
import { withName } from './shared-variables.ts'
import { keepSight } from './sights.ts'
import { runsStrict } from './strictness.ts'
import { isGeneratorHelper } from './syntax.ts'
import { textOf } from './text.ts'
import { internText } from './texts.ts'
import { addedMembers } from './vite-meta.ts'

/*
 * A function by value: its text, edited where it would mean something else over there, and what its free names
 * stand for: variables (taken now), imports (made again over there), itself, or nothing (a global).
 */

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
  readonly #cells: TextNode['cells'] = []
  readonly #imported: [string, ModuleRequest, string][] = []
  readonly #declarations = new Map<string, () => string | undefined>()
  /** Where names were found. */
  readonly #found: (readonly [scope: number, name: string])[] = []
  /** None of them can have another value at another time. */
  #fixed = true
  #self: FunctionText['self']
  #meta: FunctionText['meta']
  #class: ClassText | undefined
  #super: Slot | undefined
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
      this.#refuse(REFUSALS.unparsable(reasonText(error)))
    }
  }

  pack(): TextNode {
    const kept = keptText(this.#fn)
    if (!kept) this.#editText()
    const ofText = this.#values.length + this.#imported.length
    this.#superClass()
    const names = kept?.names ?? this.#freeNames()
    for (const [name, references] of names) this.#capture(name, references)
    if (this.#parsed.analysis.dynamicImport) this.#needImports()
    const statics = this.#class?.statics
    const members = kept?.members ?? this.#class?.members
    const node: TextNode = {
      by: 'text',
      text: kept?.text ?? this.#functionText(),
      values: this.#values,
      cells: this.#cells,
      ...(kept?.hung ?? hungNodes(this.#fn, this.#parsed, members, this.#super, this.#packer)),
      ...(this.#super === undefined ? {} : { extends: this.#super }),
      lexicalThis: this.#lexicalThis(),
      origin: originOf(this.#fn),
      digest: undefined,
      ...(statics && statics.length > 0 ? { statics } : {}),
    }
    this.#state.declarations.set(node, this.#declarations)
    for (const { name, references, scope } of this.#shared) {
      const user = {
        ...{ fn: this.#fn, node, text: this.#text, edits: this.#edits, name, references },
        declaration: declarationOf(name, this.#place),
        evaluated: this.#url === '' && !recipeOf(this.#fn),
      }
      const ambiguous = this.#state.variables.use(user, this.#inspected, scope, this.#packer)
      if (ambiguous)
        this.#refuse(REFUSALS.ambiguous(writtenName(this.#place, name)), declaredAt(this.#place, name))
    }
    if (!this.#fixed) return node
    keepSight(this.#fn, { inspected: this.#inspected, place: this.#place }, this.#found)
    const isAlone = ofText === 0 && this.#shared.length === 0 && isOfItself(this.#fn, this.#parsed, node)
    if (!kept && isAlone) keepText(this.#fn, node, names, members)
    return node
  }

  /** What the text is to be, apart from what it captures. */
  #editText(): void {
    const { computedKey } = this.#parsed
    const hasThis = this.#state.lexicalThis.has(this.#fn)
    const refusal = outOfReach(this.#parsed, { place: this.#place, url: this.#url, hasThis })
    if (refusal) this.#refuse(refusal)
    this.#class = classText(this.#fn, this.#text, this.#parsed, this.#inspected.scopes, this.#packer)
    this.#editClass()
    this.#keepName()
    if (computedKey) this.#edits.push({ ...computedKey, text: JSON.stringify(this.#fn.name) })
    this.#editImportMeta()
  }

  #needImports(): void {
    const { computedImport, importedLiterals } = this.#parsed.analysis
    const targets = this.#url ? importedLiterals.map(literal => wholeModule(literal, this.#url)) : []
    const suspect = targets.some(({ from, parent }) => parent === undefined && mayImportEntry(from))
    if (computedImport || suspect) needFence(this.#packer)
    this.#packer.need('function', { importsIn: this.#url } satisfies Need)
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
      offset: countedFrom(this.#place, this.#edits),
      shown,
      strict: recipeOf(this.#fn)?.strict ?? runsStrict(this.#fn, form, this.#inspected, this.#place ?? {}),
      imports: analysis.dynamicImport,
      self: this.#self,
      meta: this.#meta,
      settersName: this.#class?.settersName,
      imported: this.#imported,
    })
  }

  /*
   * A declared function's name means the variable around it, which may hold something else by now. Evaluated as an
   * expression, the name would mean the function itself: blank it out where the two differ.
   */
  #keepName(): void {
    const { ownName, form } = this.#parsed
    if (!ownName || form !== 'function') return
    const binding = bindingAt(this.#place, ownName.name)
    // An expression's name means the function, whatever is around it.
    if (binding?.kind === 'self') return
    const found = this.#find(ownName.name)
    if (!found) return
    const references = parseFunction(
      this.#text.slice(0, ownName.start) + ' '.repeat(ownName.name.length) + this.#text.slice(ownName.end),
    ).analysis.free.get(ownName.name)
    this.#fixed &&= keepsValue(this.#fn, found, binding, this.#place, references)
    if (!references) return
    const isItself = found.value === this.#fn && !references.some(r => r.write) && !binding?.writes
    if (isItself) return
    this.#edits.push({ start: ownName.start, end: ownName.end, text: ' '.repeat(ownName.name.length) })
    this.#capture(ownName.name, references)
  }

  /** Stacks show what the user wrote. Relative `import()` goes by the file that runs, so it has to be the same. */
  #shown(): FunctionText['shown'] {
    const recipe = recipeOf(this.#fn)
    if (recipe) return recipe.shown
    // It stands where it was compiled then.
    if (isCounted()) return undefined
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
    for (const { start, end } of places) {
      if (!isWithin({ start, end }, this.#class?.replaced ?? []))
        this.#edits.push({ start, end, text: this.#meta })
    }
  }

  #editClass(): void {
    const { edits, values, statics, fieldKeys } = this.#class ?? NO_CLASS
    this.#edits.push(...edits)
    this.#values.push(...values)
    if (statics.length > 0) this.#state.unstable()
    for (const { text, name, seen } of fieldKeys) {
      const isAssigned = (bindingAt(this.#place, name)?.writes ?? 0) > 0
      if (!seen || isAssigned) this.#refuse(REFUSALS.fieldKey(text, writtenName(this.#place, name)))
    }
  }

  /** The class above is the one it has now, not what its `extends` expression would give again. */
  #superClass(): void {
    const { heritage } = this.#parsed
    const above: unknown = Object.getPrototypeOf(this.#fn)
    if (!heritage || typeof above !== 'function' || above === Function.prototype) return
    const name = unusedName('$super', this.#text)
    this.#edits.push({ ...heritage, text: name.padEnd(heritage.end - heritage.start) })
    this.#super = this.#packer.slot(above, ' → extends')
    this.#values.push([name, this.#super])
  }

  /** Without what only the replaced parts of the text mention. */
  #freeNames(): [string, readonly Reference[]][] {
    const { analysis, heritage, computedKey } = this.#parsed
    const parts = [heritage, computedKey, ...(this.#class?.replaced ?? [])]
    const replaced = parts.filter(part => part !== undefined)
    const names: [string, readonly Reference[]][] = []
    for (const [name, all] of analysis.free) {
      const references = all.filter(r => !isWithin(r, replaced))
      if (references.length > 0) names.push([name, references])
    }
    return names
  }

  #capture(name: string, references: readonly Reference[]): void {
    const recipe = recipeOf(this.#fn)
    if (name === recipe?.meta || name === recipe?.settersName || this.#byTestRunner(name, references)) return
    const again = recipe?.imported.find(([local]) => local === name)
    if (again) return this.#import(name, again[1], again[2])
    const found = this.#find(name)
    if (!found) return this.#global(name)
    const written = references.some(r => r.write)
    if (name === 'arguments') return this.#arguments(found.value as ArrayLike<unknown>, references)
    const binding = bindingAt(this.#place, name)
    const constant = written && binding?.kind === 'const'
    const fixed = keepsValue(this.#fn, found, binding, this.#place, references)
    const changes = recipe ? !fixed : mayChange(binding, this.#place)
    if (found.value === this.#fn && !(found.isModule && this.#place?.script.info?.imports.has(name))) {
      this.#fixed &&= fixed
      this.#self = withName(this.#self, name, written && !constant)
      if (binding && changes) this.#state.unstable()
      if (changes && !constant) this.#shared.push({ name, references, scope: found.scope })
      return
    }
    if (found.isModule && this.#reimport(name, found.value, references)) return
    this.#fixed &&= fixed
    if (written && !constant) this.#assigned(name)
    const value = this.#replaced(name, found, references) ?? found.value
    const request = moduleRequestOf(value)
    if (request) return this.#import(name, request, '*')
    this.#state.captured(value, fixed, references)
    if (binding?.pattern !== undefined && typeof value === 'function') this.#noteFamily(name, value)
    const step = ` → ${writtenName(this.#place, name)}`
    if (constant) this.#constant(name, value, references)
    else this.#values.push([name, this.#packer.slot(value, step)])
    this.#declarations.set(name, () => declaredAt(this.#place, name))
    this.#state.locate(this.#packer.pathText() + step, this.#describe(name), () =>
      declaredAt(this.#place, name),
    )
    if (changes && !constant) this.#shared.push({ name, references, scope: found.scope })
  }

  #constant(name: string, value: unknown, references: readonly Reference[]): void {
    const cell = unusedName(`${name}$`, this.#text)
    this.#edits.push(...accessEdits(references, name, `${cell}.v`))
    this.#cells.push([cell, this.#packer.slot(new Constant(value), ` → ${name}`)])
  }

  /** What one value was taken apart into is what one call gave, as far as anybody can see. */
  #noteFamily(name: string, value: Function): void {
    const { pattern, once } = declarationOf(name, this.#place) ?? {}
    const run = once ? '' : this.#packer.path().join('')
    this.#state.variables.foundIn(`${pattern} ${run}`, value)
  }

  /** What Vite and Vitest write for `import.meta` and `import()`. */
  #byTestRunner(name: string, references: readonly Reference[]): boolean {
    if (name === '__vite_ssr_import_meta__') this.#viteMeta(name, references)
    else if (name === '__vite_ssr_dynamic_import__') {
      this.#values.push([name, this.#packer.slot(new StandIn({ importOf: this.#url }), ` → ${name}`)])
    } else return false
    return true
  }

  #viteMeta(name: string, references: readonly Reference[]): void {
    const added = addedMembers(this.#find(name)?.value as object, references, this.#inspected)
    if (!added) {
      this.#meta = name
      return
    }
    this.#fixed = false
    this.#state.unstable()
    const meta = new StandIn({ metaOf: this.#url, added })
    this.#values.push([name, this.#packer.slot(meta, ' → import.meta')])
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
    if (name === 'require' && isCommonJs && isRequireOfModule(found.value, bindingAt(this.#place, name))) {
      return new StandIn({ requireOf: this.#url })
    }
    if ((name === 'exports' || name === 'module') && !isCommonJs) return undefined
    return nativeStandIn(found.value) ?? membersOf(name, found.value, references)
  }

  /** D2: over there, only a copy changes. */
  #assigned(name: string): void {
    this.#state.unstable()
    // Nobody can change a package, and what it does inside is its own business.
    if (isInPackage(this.#url) || isGeneratorHelper(this.#text)) return
    const at = declaredAt(this.#place, name)
    if (this.#state.strict) this.#refuse(REFUSALS.assigned(writtenName(this.#place, name)), at)
    const fn = this.#fn.name || '(anonymous)'
    warnAssigned(fn, writtenName(this.#place, name), writtenAt(this.#place) ?? '', at)
  }

  #find(name: string): Found | undefined {
    const found = findName(this.#inspected.scopes, name, variables => this.#read(variables, name))
    if (found) this.#found.push([found.scope, name])
    return found
  }

  #read(variables: Readonly<Record<string, unknown>>, name: string): unknown {
    try {
      return variables[name]
    } catch (cause) {
      return this.#refuse(
        REFUSALS.tooEarly(writtenName(this.#place, name)),
        declaredAt(this.#place, name),
        cause,
      )
    }
  }

  /** A name that an import statement bound is imported again over there. */
  #reimport(name: string, value: unknown, references: readonly Reference[]): boolean {
    const binding = this.#place?.script.info?.imports.get(name)
    if (!binding) return false
    const request = requestFor(binding, this.#url)
    if (importedOnlyHere(this.#place?.script, request.from) || !isLoadable(request)) return false
    const way = request.parent === undefined ? wayToEntry(request.from) : undefined
    if (way) {
      // Its values as they are now do as well, but a namespace has them all.
      const whole = binding.name === '*' && references.some(r => r.member === undefined)
      return whole ? this.#refuse(REFUSALS.wouldRunEntry(way), declaredAt(this.#place, name)) : false
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
    // `node -e`, stdin and the REPL give the program a `require` there, and the modules of Node.
    if (knownGlobals().has(name) && name !== 'require') return
    const global = this.#inspected.scopes.find(scope => scope.description === 'Global')?.variables
    if (!global) return
    if (!Object.hasOwn(global, name)) return this.#state.absent(global, name)
    this.#state.unstable()
    const request = moduleRequestOf(global[name])
    if (request) return this.#import(name, request, '*')
    this.#values.push([name, this.#packer.slot(global[name], ` → ${name}`)])
  }

  #describe(variable?: string): string {
    const name = this.#fn.name || '(anonymous)'
    const what = this.#parsed?.form === 'class' ? `the class ${name}` : `the function ${name}`
    return variable === undefined ? what : `the variable ${writtenName(this.#place, variable)} of ${what}`
  }

  #refuse(refusal: Refusal, at = writtenAt(this.#place), cause?: unknown): never {
    const path = this.#packer.pathText()
    const user = this.#state.userOf(this.#url, path)
    const where = { path: [path], declaredAt: user?.at ?? at, cause }
    throw refusalError(this.#describe(), ofPackage(refusal, user), where)
  }
}

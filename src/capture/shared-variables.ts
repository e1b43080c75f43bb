import type { Kind, Packer, Slot } from '../codec/index.ts'
import { accessEdits, applyEdits, type Edit, unusedName } from './edits.ts'
import type { Declaration } from './declarations.ts'
import type { FunctionText, TextNode } from './function-node.ts'
import type { Inspected } from './inspect.ts'
import type { Reference } from './bindings.ts'
import { rewritten } from './texts.ts'

/*
 * Variables that functions of one graph share and one of them changes. Each becomes a cell, an object `{ v }` that
 * all of them capture, and their texts say `cell.v`. The engine shows a copy of a function's variables, never their
 * identity. The place of the declaration tells variables apart. Where the declaration can run more than once, other
 * values do, or the same one of something that each run makes anew; else the company in which the functions are found.
 */

/** What a shared variable is packed as. */
export class Cell {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

export const cellKind: Kind<{ v: unknown } | Cell, { readonly v: Slot }> = {
  name: 'cell',
  claims: value => value instanceof Cell,
  pack: (cell, packer) => ({ v: packer.slot((cell as Cell).value, '') }),
  make: () => ({ v: undefined }),
  fill(cell, { v }, unpacker) {
    ;(cell as { v: unknown }).v = unpacker.value(v)
  },
}

export interface User {
  readonly fn: Function
  readonly node: TextNode
  readonly text: string
  readonly edits: Edit[]
  readonly name: string
  readonly references: readonly Reference[]
  /** What the source says of the variable. */
  readonly declaration: Declaration | undefined
  /** The function's text was evaluated by the program: it may use what other scripts declare. */
  readonly evaluated: boolean
}

interface Variable {
  /** All that use it are evaluated texts. */
  evaluated: boolean
  /** Those of all variables that stand beside it. */
  readonly values: Values
  /** A value beside it shows that it is no other of its declaration. */
  shown: boolean
  /** No other can be meant. */
  certain: boolean
  /** Another could only be meant if its script had run twice. */
  once: boolean
  readonly users: User[]
  /** How many users have the cell already. */
  converted: number
  written: boolean
  readonly cell: Cell
}

type Values = Readonly<Record<string, unknown>>

/** A large package has thousands of one name, so they are found by what they are rather than looked through. */
export class SharedVariables {
  /** By place, declaration and, where that can run more than once, the values beside them. */
  readonly #variables = new Map<string, Variable>()
  /** By place and the values beside them, once somebody asks: evaluated ones apart. */
  readonly #alike = new Map<string, { readonly byLooks: Map<string, Variable>; unread: Variable[] }>()
  readonly #looks = new Looks()
  readonly #families = new Map<Function, string>()

  /** Notes that a function was found with others of this family: on one object, or taken out of one. */
  foundIn(family: string, fn: Function): void {
    if (!this.#families.has(fn)) this.#families.set(fn, family)
  }

  /** Notes that a function uses a variable. True when nobody can tell whether two functions share it. */
  use(user: User, inspected: Inspected, scope: number, packer: Packer): boolean {
    const variable = this.#variableOf(user, inspected, scope)
    if (!variable.certain) this.#noteOwner(user.fn, packer.path())
    variable.users.push(user)
    variable.written ||= user.references.some(r => r.write)
    if (!variable.written || variable.users.length < 2) return false
    if (!variable.certain && !this.#areAtOne(variable)) return true
    for (const one of variable.users.slice(variable.converted)) convert(one, variable.cell, packer)
    variable.converted = variable.users.length
    return false
  }

  #variableOf(user: User, { location, scopes }: Inspected, index: number): Variable {
    const { name, declaration, evaluated } = user
    const { description, variables: values } = scopes[index] as Inspected['scopes'][number]
    const once = declaration?.once === true
    const inModule = description === 'Module' || description === 'Script'
    const alone = inModule || (once && scopes.some(scope => scope.description === 'Module'))
    const shown = declaration?.witnesses.some(witness => holdsObject(values, witness)) === true
    const place = `${scopes.length - index} ${description} ${name}`
    // Where it is declared; if that is not known, the script of the function that uses it.
    const declared = `${place} ${declaration?.key ?? `script ${location?.scriptId}`}`
    const key = alone ? declared : `${declared} ${this.#looks.of(values)}`
    const same = this.#variables.get(key)
    if (same) return same
    const alike = this.#findAlike(`${!evaluated} ${place}`, values)
    const variable = alike ?? {
      evaluated,
      values,
      shown,
      certain: alone || shown,
      once,
      users: [],
      converted: 0,
      written: false,
      cell: new Cell(values[name]),
    }
    if (alike) join(alike, shown)
    this.#variables.set(key, variable)
    this.#noteAlike(`${variable.evaluated} ${place}`, variable)
    return variable
  }

  #noteAlike(where: string, variable: Variable): void {
    const known = this.#alike.get(where)
    if (known) known.unread.push(variable)
    else this.#alike.set(where, { byLooks: new Map(), unread: [variable] })
  }

  /** The first one there with these values beside it. */
  #findAlike(where: string, values: Values): Variable | undefined {
    const known = this.#alike.get(where)
    if (!known) return undefined
    for (const variable of known.unread) {
      const looks = this.#looks.of(variable.values)
      if (!known.byLooks.has(looks)) known.byLooks.set(looks, variable)
    }
    known.unread = []
    const found = known.byLooks.get(this.#looks.of(values))
    return found && `${found.evaluated}` === where.split(' ', 1)[0] ? found : undefined
  }

  #noteOwner(fn: Function, path: readonly string[]): void {
    const onObject = path.length > 1 && !/^[ !]/.test(path.at(-1) as string)
    if (onObject) this.foundIn(path.slice(0, -1).join(''), fn)
  }

  /*
   * Two functions made from the same text are from two contexts or from one, and equal values look the same. Functions
   * of different texts on one object, or taken out of one, are what one call gave.
   */
  #areAtOne({ users, once }: Variable): boolean {
    if (hasTwins(users)) return false
    if (once) return true
    const families = new Set(users.map(({ fn }) => this.#families.get(fn) ?? fn))
    return families.size === 1
  }
}

/** An evaluated text may use what another script declares. Only the values tell whether it does. */
function join(variable: Variable, shown: boolean): void {
  variable.evaluated = false
  variable.shown ||= shown
  variable.certain = variable.shown
  variable.once = false
}

function holdsObject(values: Values, name: string): boolean {
  const value = read(values, name)
  if (value === UNINITIALISED) return false
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function hasTwins(users: readonly User[]): boolean {
  const places = users.map(
    ({ node, text }) => `${node.text.url} ${node.text.line} ${node.text.column} ${text.length}`,
  )
  return new Set(places).size < places.length
}

/** What variables hold, as texts that are equal where each has the identical value. */
class Looks {
  readonly #texts = new Map<Values, string>()
  readonly #ids = new Map<unknown, string>()

  of(values: Values): string {
    const known = this.#texts.get(values)
    if (known !== undefined) return known
    const names = Object.keys(values).toSorted()
    const text = names.map(name => `${name}=${this.#idOf(read(values, name))}`).join()
    this.#texts.set(values, text)
    return text
  }

  #idOf(value: unknown): string {
    // To a Map, -0 is 0.
    if (Object.is(value, -0)) return '-0'
    const id = this.#ids.get(value) ?? `${this.#ids.size}`
    this.#ids.set(value, id)
    return id
  }
}

const UNINITIALISED = {}

function read(values: Values, key: string): unknown {
  try {
    return values[key]
  } catch {
    return UNINITIALISED
  }
}

function convert({ node, text, edits, name, references }: User, cell: Cell, packer: Packer): void {
  const cellName = unusedName(`${name}$`, text)
  edits.push(...accessEdits(references, name, `${cellName}.v`))
  const { self } = node.text
  node.text = rewritten(node.text, {
    source: applyEdits(text, edits),
    self: self && withoutName(self, name),
  })
  node.values = node.values.filter(([local]) => local !== name)
  node.cells.push([cellName, packer.slot(cell, ` → ${name}`)])
}

/** One more name of a function for itself. */
export function withName(
  self: FunctionText['self'],
  name: string,
  assigned: boolean,
): NonNullable<FunctionText['self']> {
  return self ? { ...self, others: [...(self.others ?? []), name] } : { name, assigned }
}

/** A name of a function for itself that is a cell from now on. */
function withoutName(self: NonNullable<FunctionText['self']>, name: string): FunctionText['self'] {
  const others = self.others?.filter(other => other !== name) ?? []
  if (self.name !== name) return { ...self, others }
  const [first, ...rest] = others
  return first === undefined ? undefined : { name: first, assigned: true, others: rest }
}

import type { Kind, Packer, Slot } from '../codec/index.ts'
import { accessEdits, applyEdits, type Edit, unusedName } from './edits.ts'
import type { TextNode } from './function-node.ts'
import type { Inspected } from './inspect.ts'
import type { Reference } from './bindings.ts'
import { rewritten } from './texts.ts'

/*
 * Variables that functions of one graph share and one of them changes. Each becomes a cell, an object `{ v }` that
 * all of them capture, and their texts say `cell.v`. The engine shows a copy of a function's variables, never their
 * identity: for a module's own variables the script tells, for those of a function the same values do.
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

interface User {
  readonly fn: Function
  readonly node: TextNode
  readonly text: string
  readonly edits: Edit[]
  readonly name: string
  readonly references: readonly Reference[]
}

interface Variable {
  readonly value: unknown
  readonly inModule: boolean
  readonly users: User[]
  /** How many users have the cell already. */
  converted: number
  written: boolean
  readonly cell: Cell
}

interface Context {
  readonly depth: number
  readonly inModule: boolean
  readonly values: Readonly<Record<string, unknown>>
  readonly variables: Map<string, Variable>
}

export class SharedVariables {
  readonly #contexts = new Map<string, Context[]>()

  /** Notes that a function uses a variable. True when nobody can tell whether two functions share it. */
  use(user: User, inspected: Inspected, scope: number, packer: Packer): boolean {
    const context = this.#contextOf(inspected, scope)
    let variable = context.variables.get(user.name)
    if (!variable) {
      const value = context.values[user.name]
      const { inModule } = context
      variable = { value, inModule, users: [], converted: 0, written: false, cell: new Cell(value) }
      context.variables.set(user.name, variable)
    }
    variable.users.push(user)
    variable.written ||= user.references.some(r => r.write)
    if (!variable.written || variable.users.length < 2) return false
    if (!variable.inModule && hasTwins(variable.users)) return true
    for (const one of variable.users.slice(variable.converted)) convert(one, variable.cell, packer)
    variable.converted = variable.users.length
    return false
  }

  #contextOf(inspected: Inspected, index: number): Context {
    const scriptId = inspected.location?.scriptId ?? ''
    const scope = inspected.scopes[index] as Inspected['scopes'][number]
    const inModule = scope.description === 'Module' || scope.description === 'Script'
    const depth = inspected.scopes.length - index
    const key = `${scriptId} ${depth} ${scope.description}`
    const known = this.#contexts.get(key) ?? []
    const same = known.find(context => inModule || sameValues(context.values, scope.variables))
    if (same) return same
    const made = { depth, inModule, values: scope.variables, variables: new Map<string, Variable>() }
    this.#contexts.set(key, [...known, made])
    return made
  }
}

/** Two functions made from the same text: two contexts with equal values would look the same. */
function hasTwins(users: readonly User[]): boolean {
  const places = users.map(
    ({ node, text }) => `${node.text.url} ${node.text.line} ${node.text.column} ${text.length}`,
  )
  return new Set(places).size < places.length
}

function sameValues(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every(key => Object.hasOwn(b, key) && Object.is(read(a, key), read(b, key)))
}

const UNINITIALISED = {}

function read(values: Readonly<Record<string, unknown>>, key: string): unknown {
  try {
    return values[key]
  } catch {
    return UNINITIALISED
  }
}

function convert({ node, text, edits, name, references }: User, cell: Cell, packer: Packer): void {
  const cellName = unusedName(`${name}$`, text)
  edits.push(...accessEdits(references, name, `${cellName}.v`))
  node.text = rewritten(node.text, applyEdits(text, edits))
  node.values = node.values.filter(([local]) => local !== name)
  node.cells.push([cellName, packer.slot(cell, ` → ${name}`)])
}

import { isByValue } from './exact.ts'
import { DATA, LIST, NODES, nodeOf, RECORD } from './graph.ts'
import type { Slot } from './kind.ts'
import type { GraphPacker } from './packer.ts'
import { hasExtras } from './plain.ts'

/*
 * Copies of arrays and records, the children replaced by slots. The other side gets the copy as its own and puts
 * the children in, so the copy is the payload and the shell in one. A copy, not the object itself, so that each
 * getter runs once and a change made after the call is not sent.
 */

/** What to send of an array or a record. */
export interface Copy {
  readonly layout: number
  readonly shell: object
  /** How many enumerable properties under string keys are in it; -1 for an array that has nothing but its items. */
  readonly properties: number
}

/** Primitives stand for themselves; the label of a child is made only where it is one. */
function isInline(value: unknown): value is Slot {
  return typeof value === 'object' ? value === null : typeof value !== 'function' && typeof value !== 'symbol'
}

/** `undefined` for an array with holes or with properties besides its items. */
export function copyList(list: readonly unknown[], packer: GraphPacker): Copy | undefined {
  if (hasExtras(list) || hasHoles(list)) return undefined
  const shell = copyOf(list)
  let references = 0
  for (let i = 0; i < shell.length; i++) {
    const item = shell[i]
    if (isInline(item)) continue
    references++
    shell[i] = packer.slot(item, i)
  }
  if (references > 0 && references === shell.length)
    return { layout: NODES, shell: shell.map(nodeOf), properties: -1 }
  return { layout: references > 0 ? LIST : DATA, shell, properties: -1 }
}

/** Ends at the first hole: a length of 4e9 may stand for three items. */
function hasHoles(list: readonly unknown[]): boolean {
  for (let i = 0; i < list.length; i++) if (list[i] === undefined && !Object.hasOwn(list, i)) return true
  return false
}

/** `slice`, except that a subclass is not asked to make its own kind of copy. */
function copyOf(list: readonly unknown[]): unknown[] {
  if (Object.getPrototypeOf(list) === Array.prototype) return list.slice()
  const copy: unknown[] = []
  for (let i = 0; i < list.length; i++) copy.push(list[i])
  return copy
}

/** An array with holes or further properties, which structured clone keeps too. */
export function copySparse(list: readonly unknown[], packer: GraphPacker): Copy {
  const shell: unknown[] = []
  shell.length = list.length
  return copyProperties(list, shell, packer)
}

export function copyRecord(record: object, packer: GraphPacker): Copy {
  return copyProperties(record, {}, packer)
}

function copyProperties(from: object, shell: object, packer: GraphPacker): Copy {
  const keys = Object.keys(from)
  let layout: number = DATA
  let left = 0
  for (const key of keys) {
    let slot: unknown
    const property = packer.captured ? Object.getOwnPropertyDescriptor(from, key) : undefined
    if (property === undefined) slot = packer.read(from, key)
    else if (isByValue(from, property, packer)) slot = property.value ?? packer.read(from, key)
    else {
      left++
      continue
    }
    if (!isInline(slot)) {
      layout = RECORD
      slot = packer.slot(slot, labelOf(from, key))
    }
    if (key === '__proto__') Object.defineProperty(shell, key, { value: slot, ...OPEN })
    else (shell as Record<string, unknown>)[key] = slot
  }
  return { layout, shell, properties: keys.length - left }
}

const OPEN = { enumerable: true, writable: true, configurable: true } as const

function labelOf(from: object, key: string): string | number {
  const index = Array.isArray(from) ? Number(key) : -1
  return String(index) === key ? index : `.${key}`
}

import type { GraphPacker } from './packer.ts'
import { hasExtras } from './plain.ts'

/*
 * Copies of arrays and records, the children replaced by slots. The other side gets the copy as its own and puts
 * the children in, so the copy is the payload and the shell in one. A copy, not the object itself, so that each
 * getter runs once and a change made after the call is not sent.
 */

interface Copy {
  readonly shell: object
  /** Are there references to nodes in it? Otherwise there is nothing to fill in. */
  readonly touched: boolean
}

/** `undefined` for an array with holes or with properties besides its items. */
export function copyList(list: readonly unknown[], packer: GraphPacker): Copy | undefined {
  if (hasExtras(list)) return undefined
  const shell: unknown[] = []
  let touched = false
  for (let i = 0; i < list.length; i++) {
    const item = list[i]
    if (item === undefined && !Object.hasOwn(list, i)) return undefined
    const slot = packer.slot(item, i)
    if (typeof slot === 'object' && slot !== null) touched = true
    shell.push(slot)
  }
  return { shell, touched }
}

/** An array with holes or further properties, which structured clone keeps too. */
export function copySparse(list: readonly unknown[], packer: GraphPacker): Copy {
  const shell: unknown[] = []
  shell.length = list.length
  const touched = copyKeys(list, shell as unknown as Record<string, unknown>, packer)
  return { shell, touched }
}

export function copyRecord(record: object, packer: GraphPacker): Copy {
  const shell: Record<string, unknown> = {}
  return { shell, touched: copyKeys(record, shell, packer) }
}

function copyKeys(from: object, to: Record<string, unknown>, packer: GraphPacker): boolean {
  let touched = false
  for (const key of Object.keys(from)) {
    const slot = packer.slot(packer.read(from, key), Array.isArray(from) ? indexLabel(key) : `.${key}`)
    if (typeof slot === 'object' && slot !== null) touched = true
    if (key === '__proto__') Object.defineProperty(to, key, { value: slot, ...OPEN })
    else to[key] = slot
  }
  return touched
}

const OPEN = { enumerable: true, writable: true, configurable: true } as const

function indexLabel(key: string): string | number {
  const index = Number(key)
  return String(index) === key ? index : `.${key}`
}

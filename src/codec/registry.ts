import { createError } from '../base/index.ts'
import type { Graph } from './graph.ts'
import type { Abilities, Kind } from './kind.ts'

/** A kind whose type of value is nobody's business but its own. */
export type AnyKind = Kind<unknown>

const byName = new Map<string, AnyKind>()
/** Latest registered first: a later room may take over part of what an earlier one claims. */
const claimants: AnyKind[] = []
const recordClaimants: AnyKind[] = []
const byPrototype = new Map<object, AnyKind>()

/** Teaches the codec a kind of thing. Once per name; a room does it as it loads. */
export function registerKind<T, P>(kind: Kind<T, P>): void {
  addKind(kind)
  if (kind.claims) claimants.unshift(kind)
  if (kind.claimsRecord) recordClaimants.unshift(kind)
  for (const { prototype } of kind.classes ?? []) byPrototype.set(prototype, kind)
}

/** A kind that the codec finds by itself, without asking whether it claims the value. */
export function addKind<T, P>(kind: Kind<T, P>): void {
  if (byName.has(kind.name)) throw createError('INTERNAL', { what: `two kinds are named ${kind.name}` })
  byName.set(kind.name, kind)
}

export function kindNamed(name: string): AnyKind | undefined {
  return byName.get(name)
}

export function claimantOf(value: unknown): AnyKind | undefined {
  const known = typeof value === 'object' && value !== null ? kindOfClass(value) : undefined
  if (known) return known
  for (const kind of claimants) if (kind.claims?.(value)) return kind
  return undefined
}

/** The same for a plain record. */
export function recordClaimantOf(value: object): AnyKind | undefined {
  for (const kind of recordClaimants) if (kind.claimsRecord?.(value)) return kind
  return undefined
}

function kindOfClass(value: object): AnyKind | undefined {
  for (let at: unknown = value; (at = Object.getPrototypeOf(at)) !== null; ) {
    const kind = byPrototype.get(at as object)
    if (kind) return kind
  }
  return undefined
}

/** Does some kind carry instances of this class, by carrying the class? */
export function carriesInstances(constructor: Function, instance: object): boolean {
  return claimants.some(kind => kind.carriesInstances?.(constructor, instance) === true)
}

/** The same for errors, which are worth more than their hidden parts: a kind that claims the class is enough. */
export function carriesErrors(constructor: Function, error: object): boolean {
  const kind = claimantOf(constructor)
  return kind !== undefined && (kind.carriesInstances?.(constructor, error) ?? true)
}

/** Has some kind pack what leads to functions, by itself. `undefined`: it can't cross. */
export function packKept(thing: object, can: Abilities): Graph | string | undefined {
  for (const kind of claimants) if (kind.packKept) return kind.packKept(thing, can)
  return undefined
}

/** Does some kind know this class as the platform's own? */
export function isPlatformClass(constructor: Function): boolean {
  return claimants.some(kind => kind.isPlatformClass?.(constructor) === true)
}

import { CONFIGURABLE, ENUMERABLE, GETTER, SETTER, WRITABLE } from './graph.ts'
import type { Slot } from './kind.ts'
import type { GraphPacker } from './packer.ts'

/*
 * An object that a function captures goes on being used there: its accessors stay accessors, and what can't be
 * assigned stays so. (Arguments and results are data: there a getter is its value, as structured clone has it.)
 */

/** Is this enumerable property all there is to tell with its value? */
export function isByValue(owner: object, property: PropertyDescriptor, packer: GraphPacker): boolean {
  const { writable = true, configurable } = property
  if (property.writable && configurable) return true
  if (isAccessor(property, packer)) return false
  return (writable || Object.isFrozen(owner)) && (configurable === true || Object.isSealed(owner))
}

/** Does it cross as an accessor? One that leads to what can't cross is its value instead. */
export function isAccessor({ get, set }: PropertyDescriptor, packer: GraphPacker): boolean {
  return (get ?? set) !== undefined && !packer.isValue(get) && !packer.isValue(set)
}

/** Adds the two halves one after the other. */
export function addAccessor(
  key: string | symbol,
  label: string,
  property: PropertyDescriptor,
  into: Slot[],
  packer: GraphPacker,
): void {
  const { get, set } = property
  const flags = exactFlags(property)
  const name = packer.slot(key, '')
  // Fixed only when it is whole.
  if (get)
    into.push(name, packer.accessor(get, `!${label} (getter)`), flags | GETTER | (set ? CONFIGURABLE : 0))
  if (set) into.push(name, packer.accessor(set, `!${label} (setter)`), flags | SETTER)
}

export function exactFlags({ enumerable, writable, configurable }: PropertyDescriptor): number {
  return (enumerable ? ENUMERABLE : 0) | (writable ? WRITABLE : 0) | (configurable ? CONFIGURABLE : 0)
}

import { checkKnown } from '../base/index.ts'

const made = new Map<string, number>()

/** `Lock-3`: what errors call a thing that was given no name. The same wherever it arrives. */
export function nextName(kind: string): string {
  const number = (made.get(kind) ?? 0) + 1
  made.set(kind, number)
  return `${kind}-${number}`
}

/** The name that the only option there is gives to a lock or the like; without it, the next one. */
export function nameFrom(thing: object, options: { readonly name?: string | undefined }): string {
  const type = thing.constructor.name
  checkKnown(type, options, ['name'], "{ name: 'mine' }")
  return options.name ?? nextName(type)
}

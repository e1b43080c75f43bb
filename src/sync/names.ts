import { checkKnown, createError, describe } from '../base/index.ts'

const made = new Map<string, number>()

/** `Lock-3`: what errors call a thing that was given no name. The same wherever it arrives. */
function nextName(kind: string): string {
  const number = (made.get(kind) ?? 0) + 1
  made.set(kind, number)
  return `${kind}-${number}`
}

/** The name that was given; without one, the next. */
export function givenOrNext(type: string, name: string | undefined): string {
  if (name === undefined) return nextName(type)
  if (typeof name === 'string') return name
  const [got, expected] = [describe(name), 'a string']
  throw createError('WRONG_OPTION', { where: type, option: 'name', got, expected })
}

/** The name that the only option there is gives to a lock or the like; without it, the next one. */
export function nameFrom(thing: object, options: { readonly name?: string | undefined }): string {
  const type = thing.constructor.name
  checkKnown(type, options, ['name'], "{ name: 'mine' }")
  return givenOrNext(type, options.name)
}

import { type OwnProperty, ownProperty } from './properties.ts'

/** What hangs on an object, as it was. */
export interface Watch {
  /** Weak: whoever asks has the function that leads to it. */
  readonly object: WeakRef<object>
  readonly above: object | null
  readonly keys: readonly PropertyKey[]
  readonly properties: readonly OwnProperty[]
}

export function watchOf(object: object): Watch {
  const keys = Reflect.ownKeys(object)
  return {
    object: new WeakRef(object),
    above: Object.getPrototypeOf(object) as object | null,
    keys,
    properties: keys.map(key => ownProperty(object, key)),
  }
}

export function isAsBefore({ object, above, keys, properties }: Watch): boolean {
  const now = object.deref()
  if (!now || Object.getPrototypeOf(now) !== above || Reflect.ownKeys(now).length !== keys.length)
    return false
  return keys.every(
    (key, i) =>
      Object.hasOwn(now, key) && isSameProperty(ownProperty(now, key), properties[i] as OwnProperty),
  )
}

function isSameProperty(now: OwnProperty, before: OwnProperty): boolean {
  return Object.is(now.value, before.value) && now.get === before.get && now.set === before.set
}

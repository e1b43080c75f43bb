import type { Kind, Packer } from '../kind.ts'

/*
 * Objects of the platform that nothing but their options tells apart: those of `Intl`, TextEncoder and TextDecoder.
 * Made anew over there. A decoder in the midst of a text begins again.
 */

type Options = Readonly<Record<string, unknown>>

type Payload =
  | readonly [of: 'Intl', className: string, locale: string, options: Options]
  | readonly [of: 'TextEncoder']
  | readonly [
      of: 'TextDecoder',
      encoding: string,
      options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
    ]

interface Formatter {
  resolvedOptions(): Options & { readonly locale: string }
  format?(value: unknown): string
}

type FormatterClass = new (locale: string, options: Options) => Formatter

const payloads = new WeakMap<object, Payload>()

export const FORMATTER: Kind<object, Payload> = {
  name: 'formatter',
  claims: isFormatter,
  pack(formatter, packer) {
    const known = payloads.get(formatter)
    if (known) return known
    const payload = payloadOf(formatter, packer)
    payloads.set(formatter, payload)
    return payload
  },
  make(payload) {
    if (payload[0] === 'TextEncoder') return new TextEncoder()
    if (payload[0] === 'TextDecoder') return new TextDecoder(payload[1], payload[2])
    return makeIntl(payload[1], payload[2], payload[3])
  },
}

function makeIntl(className: string, locale: string, options: Options): Formatter {
  return new (Reflect.get(Intl, className) as FormatterClass)(locale, options)
}

const CLASS = /^\[object (?:Intl\.(\w+)|TextEncoder|TextDecoder)\]$/

/** An instance of the class itself, of whichever realm: the name that it shows is that of its class. */
export function isFormatter(value: unknown): boolean {
  const [tag, intl] = CLASS.exec(Object.prototype.toString.call(value)) ?? []
  if (tag === undefined) return false
  const proto = Object.getPrototypeOf(value) as object | null
  const constructor: unknown = proto && Object.getOwnPropertyDescriptor(proto, 'constructor')?.value
  if (typeof constructor !== 'function' || value === proto) return false
  if (intl === undefined) return constructor === TextEncoder || constructor === TextDecoder
  return isIntl(constructor, intl)
}

function isIntl(constructor: Function, name: string): boolean {
  return constructor.name === name && Function.prototype.toString.call(constructor).includes('[native code]')
}

function payloadOf(formatter: object, packer: Packer): Payload {
  if (formatter instanceof TextEncoder) return ['TextEncoder']
  if (formatter instanceof TextDecoder) {
    const { encoding, fatal, ignoreBOM } = formatter
    return ['TextDecoder', encoding, { fatal, ignoreBOM }]
  }
  const { name } = formatter.constructor
  if (name === 'Locale') return ['Intl', name, (formatter as Intl.Locale).toString(), {}]
  // `hour12` is told by `hourCycle`, and would override it.
  const { locale, hour12: _, ...options } = (formatter as Formatter).resolvedOptions()
  if (!isLike(name, formatter as Formatter, makeIntl(name, locale, options)))
    packer.refuse(`an Intl.${name} that its own options do not give again`, 'Make it inside the function.')
  return ['Intl', name, locale, options]
}

/** What resolved options leave out shows in what is formatted. */
const SAMPLES = [0, 1.5, -1_234_567.891, 1e12 + 123]

function isLike(className: string, one: Formatter, other: Formatter): boolean {
  if (JSON.stringify(one.resolvedOptions()) !== JSON.stringify(other.resolvedOptions())) return false
  const takesNumbers = className === 'NumberFormat' || className === 'DateTimeFormat'
  return !takesNumbers || SAMPLES.every(sample => one.format?.(sample) === other.format?.(sample))
}

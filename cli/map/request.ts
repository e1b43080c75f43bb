import { InvalidArgumentError } from 'commander'
import { WrongUsage } from '../wrong-usage.ts'
import type { InputSource } from './inputs.ts'

/** The options of `manycore map` as commander gives them. */
export interface MapOptions {
  readonly lines?: string
  readonly threads?: boolean
  /** Default: one for each usable CPU. */
  readonly workers?: number | 'auto'
  readonly concurrency?: number | 'auto'
  readonly timeout?: number
  readonly retries?: number
  readonly unordered?: boolean
  readonly json?: boolean
  readonly progress: boolean
  readonly journal?: string
  readonly trace?: string
}

/** One run of `manycore map`, checked. */
export interface MapRequest extends MapOptions {
  /** `module#export` as it was given. */
  readonly reference: string
  readonly source: InputSource
}

/** Puts a run together from the command line; `literals` stood after `--`. */
export function mapRequest(
  reference: string,
  patterns: readonly string[],
  literals: readonly string[],
  options: MapOptions,
): MapRequest {
  if (patterns.length === 0 && literals.length === 0 && options.lines === undefined) {
    throw new WrongUsage(
      `there is nothing to run ${reference} over\n  Name files, directories, globs or plain arguments, or give --lines FILE (- for stdin).`,
    )
  }
  return { ...options, reference, source: { patterns, literals, lines: options.lines } }
}

/** A reader for commander: a whole number of at least `least`. */
export function wholeNumber(least: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`)
  }
}

/** A reader for commander: a whole number of at least 1, or `auto`. */
export function countOrAuto(text: string): number | 'auto' {
  if (text === 'auto') return 'auto'
  try {
    return wholeNumber(1)(text)
  } catch {
    throw new InvalidArgumentError('It must be a whole number of at least 1, or auto.')
  }
}

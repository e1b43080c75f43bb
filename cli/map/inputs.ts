import { access, constants, stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { WrongUsage } from '../wrong-usage.ts'
import { filesBelow } from './files-below.ts'
import { readLines } from './lines.ts'

/** One thing to run the function over; with `error`, one that could not even be read. */
export interface Item {
  readonly input: string
  readonly error?: unknown
}

/** Where the inputs come from, in this order. */
export interface InputSource {
  /** Arguments before `--`: directories and globs among them are opened up. */
  readonly patterns: readonly string[]
  /** Arguments after `--`: taken as they are. */
  readonly literals: readonly string[]
  /** A file of lines, `-` for stdin. */
  readonly lines: string | undefined
}

/**
 * All inputs, read as they are asked for.
 * `note` is told about globs that match nothing; they are passed on as they are, as a shell does.
 */
export async function* readInputs(
  source: InputSource,
  signal: AbortSignal,
  note: (text: string) => void = () => {},
): AsyncGenerator<Item> {
  for (const pattern of source.patterns) yield* expand(pattern, signal, note)
  for (const literal of source.literals) yield { input: literal }
  if (source.lines === undefined) return
  for await (const line of readLines(source.lines, signal)) yield { input: line }
}

/**
 * How many inputs there will be, for the progress bar; `undefined` when only reading them would tell (stdin, pipes).
 * Reads the source a second time, so that the run itself needs no list of all inputs.
 */
export async function countInputs(source: InputSource, signal: AbortSignal): Promise<number | undefined> {
  if (source.lines !== undefined && !(await statOf(source.lines))?.isFile()) return undefined
  let count = 0
  const items = readInputs(source, signal)
  while (!(await items.next()).done) count++
  return signal.aborted ? undefined : count
}

/** @throws WrongUsage when the file of lines can't be read. */
export async function checkSource({ lines }: InputSource): Promise<void> {
  if (lines === undefined || lines === '-') return
  try {
    await access(lines, constants.R_OK)
  } catch (error) {
    throw new WrongUsage(`can't read the lines of ${lines}: ${(error as Error).message}`, { cause: error })
  }
  if (!(await statOf(lines))?.isDirectory()) return
  throw new WrongUsage(
    `can't read the lines of ${lines}: it is a directory\n  Named without --lines, it stands for every file below it.`,
  )
}

async function* expand(
  pattern: string,
  signal: AbortSignal,
  note: (text: string) => void,
): AsyncGenerator<Item> {
  const found = await statOf(pattern)
  if (found?.isDirectory()) {
    yield* filesBelow(pattern)
    return
  }
  // A file that is there is meant, whatever its name looks like: pages/[id].ts.
  if (found || !isGlob(pattern)) {
    yield { input: pattern }
    return
  }
  const matches = await glob(pattern, {
    absolute: isAbsolute(pattern),
    expandDirectories: false,
    followSymbolicLinks: false,
    signal,
  })
  for (const input of matches.toSorted()) yield { input }
  if (matches.length > 0) return
  note(`no file matches ${pattern}; it is passed on as it is`)
  yield { input: pattern }
}

/** URLs often hold a `?`; they are never meant as globs. */
function isGlob(pattern: string): boolean {
  return isDynamicPattern(pattern) && !/^[a-z][a-z0-9+.-]*:\/\//i.test(pattern)
}

/** Anything that stands in the way of looking (a name too long, a missing right) is for the function to find out. */
function statOf(path: string): ReturnType<typeof stat> | Promise<undefined> {
  return stat(path).catch(() => undefined) as ReturnType<typeof stat>
}

import type { FileHandle } from 'node:fs/promises'
import { WrongUsage } from '../wrong-usage.ts'
import type { Place } from './journal.ts'

/** What the journal must belong to. */
interface Expected {
  readonly path: string
  /** `module#export`, for messages. */
  readonly name: string
  readonly hash: string
  readonly header: string
}

/**
 * Reads a journal from its beginning: where each finished item stands, and where the last whole line ends.
 * Keeps the inputs and places only; results stay in the file until they are asked for.
 */
export async function readRecords(
  file: FileHandle,
  expected: Expected,
): Promise<{ done: Map<string, Place[]>; end: number }> {
  const done = new Map<string, Place[]>()
  let end = 0
  let number = 0
  for await (const { text, start, length, isWhole } of linesOf(file)) {
    number++
    if (!isWhole) {
      // Only a torn header may stand there without a whole line before it: never cut what isn't ours.
      if (number === 1 && !expected.header.startsWith(text)) throw notAJournal(expected)
      break
    }
    const line = parse(text)
    if (number === 1) checkHeader(line, expected)
    else if (typeof line?.['input'] !== 'string' || line['target'] !== expected.hash) {
      throw new WrongUsage(
        `line ${number} of the journal ${expected.path} is damaged: ${text.slice(0, 60)}\n  Remove that line to go on; its item will run again.`,
      )
    } else if (!('error' in line)) {
      const places = done.get(line['input'])
      if (places) places.push({ start, length })
      else done.set(line['input'], [{ start, length }])
    }
    end = start + length
  }
  return { done, end }
}

function checkHeader(line: Record<string, unknown> | undefined, expected: Expected): void {
  if (line?.['manycore'] !== 'journal') throw notAJournal(expected)
  if (line['version'] !== 1) {
    throw new WrongUsage(`the journal ${expected.path} was written by another version of manycore`)
  }
  if (line['target'] !== expected.hash) {
    throw new WrongUsage(
      `the journal ${expected.path} belongs to another function\n  it records ${String(line['function'])}\n  this run is   ${expected.name}\n  Name another file, or remove this one to begin again.`,
    )
  }
}

function notAJournal({ path }: Expected): WrongUsage {
  return new WrongUsage(
    `${path} is not a journal of manycore, so nothing is added to it\n  Name another file.`,
  )
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

interface JournalLine extends Place {
  readonly text: string
  readonly isWhole: boolean
}

/** A first line that is longer is no header. In bytes. */
const LONGEST_HEADER = 2 ** 16

/** Lines with their places in bytes; the last one may lack its line end. */
async function* linesOf(file: FileHandle): AsyncGenerator<JournalLine> {
  let rest: Buffer = Buffer.alloc(0)
  let start = 0
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) {
    // Any file may have been named: it need not be read to its end.
    if (start === 0 && rest.length > LONGEST_HEADER) break
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    let from = 0
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10, from)) {
      const length = at + 1 - from
      yield { text: rest.toString('utf8', from, at), start, length, isWhole: true }
      start += length
      from = at + 1
    }
    rest = rest.subarray(from)
  }
  if (rest.length > 0) yield { text: rest.toString(), start, length: rest.length, isWhole: false }
}

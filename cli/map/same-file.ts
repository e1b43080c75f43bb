import { type BigIntStats, existsSync, fstatSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WrongUsage } from '../wrong-usage.ts'
import type { MapRequest } from './request.ts'

const STDIN = 0
const STDOUT = 1

/** What the command has to do with a file, and what tells the file from others. */
type Use = readonly [what: string, file: string | undefined]

/**
 * Looks for a file that would be written to and is needed as something else, however its path is written.
 *
 * @throws WrongUsage that names both uses.
 */
export function checkFiles(
  { journal, trace, source: { lines, patterns } }: MapRequest,
  module: string,
): void {
  const uses: Use[] = []
  if (journal !== undefined) uses.push([`the journal ${journal}`, fileAt(journal)])
  if (trace !== undefined) uses.push([`the trace ${trace}`, fileAt(trace)])
  if (lines === '-') uses.push(['the file that stdin comes from', openFile(STDIN)])
  else if (lines !== undefined) uses.push([`the file of lines ${lines}`, fileAt(lines)])
  uses.push(['the file that stdout goes to', openFile(STDOUT)])
  for (const [at, use] of uses.entries()) refuseSame(use, uses.slice(0, at))
  // Only a trace is written over what was there: a journal asks first whether it is one.
  if (trace === undefined) return
  const overwritten: Use[] = [[`the trace ${trace}`, numberAt(trace)]]
  const path = module.startsWith('file:') ? fileURLToPath(module) : module
  refuseSame([`the module ${module}`, numberAt(path)], overwritten)
  for (const pattern of patterns) refuseSame([`the input ${pattern}`, numberAt(pattern)], overwritten)
}

function refuseSame([what, file]: Use, others: readonly Use[]): void {
  const other = file !== undefined && others.find(one => one[1] === file)
  if (!other) return
  throw new WrongUsage(`${other[0]} is also ${what}\n  One would spoil the other. Name another file.`)
}

/** Of a file that is not there yet it is the folder that may have many paths. */
function fileAt(path: string): string | undefined {
  if (existsSync(path)) return numberAt(path)
  const full = resolve(path)
  try {
    return join(realpathSync(dirname(full)), basename(full))
  } catch {
    return full
  }
}

function numberAt(path: string): string | undefined {
  try {
    return numberOf(statSync(path, { bigint: true }))
  } catch {
    return undefined // What is in the way is for its user to find out.
  }
}

/** Nothing for what is no ordinary file: a device bears many uses. */
function numberOf(stats: BigIntStats): string | undefined {
  return stats.isFile() ? `${stats.dev}:${stats.ino}` : undefined
}

function openFile(descriptor: number): string | undefined {
  try {
    return numberOf(fstatSync(descriptor, { bigint: true }))
  } catch {
    return undefined // It is closed.
  }
}

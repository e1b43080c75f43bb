import { realpathSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { requireCache } from './require-cache.ts'

/*
 * The entry script: the one module that a worker must never run again. A worker that was started by another
 * worker keeps the rule, so the addresses are handed down (`captureBoot`).
 */

interface Boot {
  readonly entries: readonly string[]
}

let entries: Set<string> | undefined

/** The addresses of the program's entry script, as modules know it. */
export function entryUrls(): Set<string> {
  entries ??= new Set(ownEntries())
  return entries
}

function ownEntries(): string[] {
  const files = new Set<string>()
  const script = process.argv[1]
  if (script !== undefined) {
    files.add(path.resolve(script))
    try {
      files.add(realpathSync(script))
    } catch {
      // `node main` may leave the extension out; then the main module below knows better.
    }
  }
  const filename = Object.values(requireCache).find(module => module?.id === '.')?.filename
  if (filename) files.add(filename)
  return [...files].map(file => pathToFileURL(file).href)
}

/** Is this module the script that the user started? */
export function isEntry(url: string): boolean {
  return entryUrls().has(withoutQuery(url))
}

export function withoutQuery(url: string): string {
  const mark = url.search(/[?#]/)
  return mark < 0 || !url.startsWith('file:') ? url : url.slice(0, mark)
}

/** What a new worker has to know of this program so that captures inside it keep the rules. */
export function captureBoot(): unknown {
  const boot: Boot = { entries: [...entryUrls()] }
  return boot
}

let inWorker = false

export function isInWorker(): boolean {
  return inWorker
}

/** Called once in a new worker, before anything else of this room. */
export function adoptCaptureBoot(boot: unknown): void {
  inWorker = true
  // Its own script is the program's, or one of ours.
  entries = new Set((boot as Boot | undefined)?.entries)
}

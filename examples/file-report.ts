/* What `npm start` prints about the files that `describeFile` has looked at. Pure: facts in, text out. */
import type { FileFacts } from './file-facts.ts'

/** One line of `manycore map … --json`. */
export interface FileResult {
  readonly input: string
  readonly value: FileFacts
  readonly ms: number
}

const LISTED = 8
/** Below one disk block, nearly every file is incompressible, which says nothing about it. */
const WORTH_PACKING = 4096

export function reportFiles(files: readonly FileResult[]): string {
  return [totals(files), duplicates(files), leastCompressible(files)].join('\n\n')
}

function totals(files: readonly FileResult[]): string {
  const size = sum(files, file => file.value.size)
  const gzipSize = sum(files, file => file.value.gzipSize)
  return [
    heading('Totals'),
    row('files', count(files.length)),
    row('bytes', bytes(size)),
    row('gzipped', `${bytes(gzipSize)}, ${percent(gzipSize, size)} of it`),
  ].join('\n')
}

function duplicates(files: readonly FileResult[]): string {
  // Empty files are all alike and waste nothing.
  const groups = groupBy(
    files.filter(file => file.value.size > 0),
    file => file.value.sha256,
  )
  const repeated = [...groups.values()]
    .filter(group => group.length > 1)
    .map(group => ({ group, wasted: (group.length - 1) * (group[0]?.value.size ?? 0) }))
    .toSorted((a, b) => b.wasted - a.wasted)
  const lines = repeated
    .slice(0, LISTED)
    .map(({ group, wasted }) => row(bytes(wasted), `${count(group.length)} × ${group[0]?.input}`))
  const wasted = sum(repeated, group => group.wasted)
  const copies = sum(repeated, ({ group }) => group.length - 1)
  return [
    heading(`Duplicates: ${count(copies)} more copies of files, ${bytes(wasted)} wasted`),
    ...lines,
    ...(repeated.length > LISTED ? [row('', `and ${count(repeated.length - LISTED)} more groups`)] : []),
  ].join('\n')
}

function leastCompressible(files: readonly FileResult[]): string {
  const ratio = ({ value }: FileResult): number => value.gzipSize / value.size
  const lines = files
    .filter(file => file.value.size >= WORTH_PACKING)
    .toSorted((a, b) => ratio(b) - ratio(a) || b.value.size - a.value.size)
    .slice(0, LISTED)
    .map(file =>
      row(percent(file.value.gzipSize, file.value.size), `${file.input} (${bytes(file.value.size)})`),
    )
  return [heading('Least compressible: gzip leaves so much of them'), ...lines].join('\n')
}

/** `1.5 MiB` */
export function bytes(size: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let power = 0
  while (size >= 1024 && power < units.length - 1) {
    size /= 1024
    power++
  }
  return `${power === 0 ? size : size.toFixed(1)} ${units[power]}`
}

/** `12,345` */
export function count(number: number): string {
  return number.toLocaleString('en')
}

function heading(text: string): string {
  return `${text}\n${'─'.repeat(text.length)}`
}

function row(name: string, text: string): string {
  return `  ${name.padStart(10)}  ${text}`
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}

import { posix } from 'node:path'
import { type Import, imports, lineAt, type Scanned, scan } from './scan.ts'

/*
 * The plan of the house as data, and the rules that hold the tree to it.
 * A room may use every room on the lines above its own, and none beside or below it.
 */
export const LEVELS: readonly (readonly string[])[] = [
  ['base'],
  ['future', 'codec', 'subprocess', 'random'],
  ['capture', 'wire', 'memory'],
  ['link', 'sync'],
  ['worker', 'channel', 'shared'],
  ['pool', 'manager'],
  ['distributed', 'data'],
]

/** Who may use the parts of Node that reach outside the thread. */
const OUTSIDE = ['link', 'worker', 'memory', 'manager', 'subprocess', 'cli']
const RESTRICTED_NODE: Readonly<Record<string, readonly string[]>> = {
  'node:child_process': OUTSIDE,
  'node:worker_threads': OUTSIDE,
  'node:net': OUTSIDE,
  'node:tls': ['manager'],
  'node:cluster': [],
  'node:timers': [],
  'node:timers/promises': ['cli'],
}

/** Which packages there are, and which rooms may use them. A new one needs a row here and a paragraph in the docs. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  acorn: ['capture'],
  koffi: ['memory'],
  'pure-rand': ['random'],
  commander: ['cli'],
  'cli-progress': ['cli', 'pool'],
  tinyglobby: ['cli'],
}

const CLOCK_FILE = 'src/base/clock.ts'
const CLOCKS =
  /(?<![.\w#])(?:setTimeout|setInterval)\s*\(|\b(?:Date|performance)\.now\b|\bnew Date\s*\(\s*\)|\bprocess\.hrtime\b|\bAbortSignal\.timeout\b/g
const ATOMICS = /(?<![.\w#])Atomics\s*\./g
const ATOMICS_ROOMS = ['memory', 'link']
const MOST_LINES = 400

/** One breach of a rule. */
export interface Breach {
  /** `src/pool/pool.ts:12` */
  readonly at: string
  readonly rule: string
  readonly remedy: string
}

interface Source {
  readonly path: string
  readonly room: string
  readonly scanned: Scanned
  readonly imports: readonly Import[]
}

/** Checks the sources of `src/` and `cli/`, given as path → text, each path from the package's folder with `/`. */
export function breaches(files: ReadonlyMap<string, string>): Breach[] {
  const sources = [...files].map(([path, text]) => read(path, text))
  return [
    ...sources.flatMap(source => source.imports.flatMap(found => importBreach(source, found) ?? [])),
    ...sources.flatMap(wordBreaches),
    ...sources.flatMap(lengthBreach),
    ...cycles(sources),
  ]
}

function read(path: string, text: string): Source {
  const scanned = scan(text)
  return { path, room: roomOf(path), scanned, imports: imports(scanned) }
}

/** `pool` for a file of that room, `index` for the shop window itself, `cli` for the command. */
function roomOf(path: string): string {
  const [top = '', room = ''] = path.split('/')
  return top === 'cli' ? 'cli' : room.replace(/\.ts$/, '')
}

function importBreach(source: Source, found: Import): Breach | undefined {
  const breach = (rule: string, remedy: string): Breach => ({
    at: `${source.path}:${found.line}`,
    rule,
    remedy,
  })
  const { specifier } = found
  if (specifier.startsWith('.')) return relativeBreach(source, specifier, breach)
  if (specifier.startsWith('node:')) return nodeBreach(source, specifier, breach)
  if (specifier === 'manycore') {
    if (source.room === 'cli') return undefined
    return breach('a room imports the package itself', 'Import from the room that makes it.')
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const rooms = PACKAGES[name]
  if (!rooms) {
    return breach(
      `${name} is not one of the packages in use`,
      specifier === name && /^[a-z_]+$/.test(name)
        ? `If it is a module of Node, write node:${name}; else add a row to PACKAGES and a paragraph to docs/internals/dependencies.md.`
        : 'Add a row to PACKAGES and a paragraph to docs/internals/dependencies.md.',
    )
  }
  if (rooms.includes(source.room)) return undefined
  return breach(
    `${name} belongs to ${rooms.join(', ')}, not to ${source.room}`,
    'Ask that room for what you need.',
  )
}

type MakeBreach = (rule: string, remedy: string) => Breach

function nodeBreach(source: Source, specifier: string, breach: MakeBreach): Breach | undefined {
  if (source.room === 'base' && specifier !== 'node:diagnostics_channel') {
    return breach(
      `base imports ${specifier}`,
      'base uses node:diagnostics_channel only; move this to a room above.',
    )
  }
  const rooms = RESTRICTED_NODE[specifier]
  if (!rooms || rooms.includes(source.room)) return undefined
  return breach(
    `${specifier} may not be used in ${source.room}, only in ${rooms.join(', ') || 'no room'}`,
    specifier.startsWith('node:timers')
      ? 'Use after() and every() of base.'
      : 'Reach the other thread, process or machine through a Link.',
  )
}

function relativeBreach(source: Source, specifier: string, breach: MakeBreach): Breach | undefined {
  const target = posix.join(posix.dirname(source.path), specifier)
  const room = roomOf(target)
  if (source.room === 'cli') {
    if (target.startsWith('cli/') || target === 'package.json') return undefined
    return breach('the command imports a file of the library', "Import a public name from 'manycore'.")
  }
  if (!target.startsWith('src/')) {
    return breach(`${specifier} lies outside src/`, 'A room imports rooms only; move what it needs into one.')
  }
  if (room === source.room) return undefined
  if (target !== `src/${room}/index.ts`) {
    return breach(
      `${specifier} enters ${room} by a side door`,
      `Import src/${room}/index.ts, and export it there.`,
    )
  }
  if (source.room === 'index') return undefined
  const [own, other] = [levelOf(source.room), levelOf(room)]
  if (own < 0 || other < 0) {
    return breach(
      `the room ${own < 0 ? source.room : room} is not on the plan`,
      'Add it to LEVELS, or use the right room.',
    )
  }
  if (other < own) return undefined
  return breach(
    `${source.room} may not import ${room}: imports go downwards only`,
    `${source.room} may use: ${LEVELS.slice(0, own).flat().join(', ') || 'nothing'}. Let ${room} register itself, or move the shared part down.`,
  )
}

function levelOf(room: string): number {
  return LEVELS.findIndex(level => level.includes(room))
}

function wordBreaches(source: Source): Breach[] {
  const find = (pattern: RegExp, rule: string, remedy: string): Breach[] =>
    [...source.scanned.bare.matchAll(pattern)].map(match => ({
      at: `${source.path}:${lineAt(source.scanned.bare, match.index)}`,
      rule: `${match[0].trim().replace(/\s*[.(]+\s*\)?$/, '')} ${rule}`,
      remedy,
    }))
  if (source.room === 'cli') return []
  return [
    ...(source.path === CLOCK_FILE
      ? []
      : find(CLOCKS, `is used outside ${CLOCK_FILE}`, 'Use now(), after() and every() of base.')),
    ...(ATOMICS_ROOMS.includes(source.room)
      ? []
      : find(ATOMICS, `is used outside ${ATOMICS_ROOMS.join(' and ')}`, 'Go through the Cells of memory.')),
  ]
}

function lengthBreach(source: Source): Breach[] {
  // Comments are welcome and don't count.
  const lines = source.scanned.code.split('\n').filter(line => line.trim() !== '').length
  if (lines <= MOST_LINES) return []
  return [
    {
      at: `${source.path}:1`,
      rule: `${lines} lines of code are more than a reader can hold (${MOST_LINES})`,
      remedy: 'Split it along its concepts.',
    },
  ]
}

/**
 * Circles of files that run each other; each is reported once, at its first file. Between rooms the levels allow no
 * circle of any kind; inside a room files may know each other's types.
 */
function cycles(sources: readonly Source[]): Breach[] {
  const byPath = new Map(sources.map(source => [source.path, source]))
  const done = new Set<string>()
  const found: Breach[] = []
  const visit = (source: Source, trail: readonly string[]): void => {
    const from = trail.indexOf(source.path)
    if (from >= 0) {
      const circle = [...trail.slice(from), source.path]
      found.push({
        at: `${source.path}:1`,
        rule: `imports run in a circle: ${circle.join(' → ')}`,
        remedy: 'Move what both need into a file of its own.',
      })
      return
    }
    if (done.has(source.path)) return
    for (const { specifier, mode } of source.imports) {
      if (mode !== 'static') continue
      const next = byPath.get(posix.join(posix.dirname(source.path), specifier))
      if (specifier.startsWith('.') && next) visit(next, [...trail, source.path])
    }
    done.add(source.path)
  }
  for (const source of sources) visit(source, [])
  return found
}

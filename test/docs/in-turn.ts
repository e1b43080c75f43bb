import { runProgram } from '../support/index.ts'
import { isScript } from './code-in-docs.ts'

/** A program in the docs. */
export interface Part {
  readonly code: string
  /** As others import it. */
  readonly name?: string | undefined
  /** What it prints, if that is known. */
  readonly prints?: string | undefined
}

/** Set by `npm run stress -- docs`. */
export const EACH_ALONE = process.env['MANYCORE_DOCS_ALONE'] === '1'

/** Loads parts one after the other; a line after each says what came of it. */
const PROGRAM = `
import { writeSync } from 'node:fs'
const nextTurn = () => new Promise(resolve => setTimeout(resolve, 20))
for (const name of process.argv.slice(2)) {
  const ended = await import('./' + name).then(() => true, error => console.error(error))
  await nextTurn() // What threads have printed comes with it.
  writeSync(1, ended ? '\\n=== ended\\n' : '\\n=== failed\\n')
}
`

/**
 * Runs programs one after the other in one process, which takes half the time of as many processes, and gives those
 * that came to their end and have printed what they should. The others are to be run alone: they may just have been
 * disturbed. So are all when the process fails or leaves something behind, as nobody knows who it was.
 *
 * Here they are modules that a program imports. `npm run stress` runs each as a program of its own.
 */
export async function runInTurn(parts: readonly Part[]): Promise<ReadonlySet<Part>> {
  const fine = new Set<Part>()
  if (EACH_ALONE) return fine
  for (const typed of [false, true]) {
    let rest = parts.filter(({ code }) => isScript(code) !== typed)
    // Those that others have disturbed do well among themselves, as a rule.
    for (let before = Number.POSITIVE_INFINITY; rest.length > 1 && rest.length < before; ) {
      before = rest.length
      for (const part of await inOneProgram(rest, typed)) fine.add(part)
      rest = rest.filter(part => !fine.has(part))
    }
  }
  return fine
}

async function inOneProgram(parts: readonly Part[], typed: boolean): Promise<Part[]> {
  const name = (index: number): string => parts[index]?.name ?? `part-${index}.${typed ? 'mts' : 'mjs'}`
  const { code, stdout, left } = await runProgram(PROGRAM, {
    files: Object.fromEntries(parts.map((part, index) => [name(index), `${part.code}\n`])),
    args: parts.map((_, index) => name(index)),
    execArgv: typed ? ['--import', import.meta.resolve('tsx')] : [],
    timeout: 90_000,
  })
  if (code !== 0 || left.length > 0) return []
  const [...ends] = stdout.matchAll(/([^]*?)\n=== (ended|failed)\n/g)
  return parts.filter(({ prints }, index) => {
    const [, printed = '', outcome] = ends[index] ?? []
    return outcome === 'ended' && (prints === undefined || printed.trim() === prints.trim())
  })
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { layOutApp } from './app.ts'
import { runCell } from './cell.ts'
import { type Found, findNode } from './fetch-runtimes.ts'
import { type Cell, judge } from './judge.ts'
import { App, type Runtime, type Toolchain } from './toolchain.ts'
import { TOOLCHAINS } from './toolchains.ts'

export const NODES = [20, 22, 24, 26] as const

export interface RunOptions {
  /** Beginnings of ids of toolchains; none means all. */
  readonly only: readonly string[]
  readonly nodes: readonly number[]
  /** Leaves the projects in place. */
  readonly keep: boolean
}

/** A toolchain on every Node that was asked for. */
export interface Row {
  readonly toolchain: Toolchain
  readonly cells: ReadonlyMap<number, Cell | { readonly missing: string }>
}

/** Runs them one after the other and tells on stderr how far it is. */
export async function runAll({ only, nodes, keep }: RunOptions): Promise<Row[]> {
  const chosen = TOOLCHAINS.filter(({ id }) => only.length === 0 || only.some(word => id.startsWith(word)))
  if (chosen.length === 0) return []
  const runtimes = new Map(nodes.map(major => [major, findNode(major)]))
  const folder = mkdtempSync(join(tmpdir(), 'manycore-runtimes-'))
  const progress = new Progress(chosen.length * nodes.length)
  const rows: Row[] = []
  for (const toolchain of chosen)
    rows.push(await runRow(toolchain, join(folder, toolchain.id), runtimes, progress))
  const broken = rows.some(({ cells }) =>
    [...cells.values()].some(cell => 'problems' in cell && cell.problems.length > 0),
  )
  if (keep || broken) console.error(`the projects and what they printed are in ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
  return rows
}

async function runRow(
  toolchain: Toolchain,
  folder: string,
  runtimes: ReadonlyMap<number, Found<Runtime>>,
  progress: Progress,
): Promise<Row> {
  const app = new App(folder)
  const cells = new Map<number, Cell | { missing: string }>()
  let broken: string | undefined
  try {
    mkdirSync(folder)
    layOutApp(folder, toolchain)
    await toolchain.build?.(app)
  } catch (error) {
    broken = `could not be built: ${error instanceof Error ? error.message : String(error)}`
  }
  for (const [major, found] of runtimes) {
    progress.begin(`${toolchain.title.replaceAll('`', '')}, Node ${major}`)
    const missing = 'missing' in found ? found.missing : toolchain.missing?.(found)
    const cell =
      missing !== undefined
        ? { missing }
        : broken !== undefined
          ? { passed: 0, total: 0, limits: [], problems: [broken] }
          : judge(toolchain, major, await runCell(toolchain, app, found as Runtime))
    cells.set(major, cell)
    progress.end(cell)
  }
  return { toolchain, cells }
}

class Progress {
  readonly #total: number
  #done = 0
  #began = 0

  constructor(total: number) {
    this.#total = total
  }

  begin(what: string): void {
    this.#began = performance.now()
    process.stderr.write(
      `[${String(++this.#done).padStart(String(this.#total).length)}/${this.#total}] ${what} … `,
    )
  }

  end(cell: Cell | { readonly missing: string }): void {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(1)
    if ('missing' in cell) process.stderr.write(`not run: ${cell.missing}\n`)
    else process.stderr.write(`${cell.passed}/${cell.total} (${seconds} s)\n`)
    if ('problems' in cell)
      for (const problem of cell.problems) process.stderr.write(`${problem.replace(/^/gm, '      ')}\n`)
  }
}

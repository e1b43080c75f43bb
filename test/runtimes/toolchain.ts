import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { HERE, ROOT } from './app.ts'

/** One way in which people run programs: what it makes of the sources, and how it is started. */
export interface Toolchain {
  /** For the command line: `tsc-es5`. */
  readonly id: string
  /** For people. May hold Markdown. */
  readonly title: string
  /** What a `.js` file of the project is. */
  readonly type: 'module' | 'commonjs'
  /** Folders of packages whose packages the project can import as well. */
  readonly tools?: readonly string[]
  /** Makes what is run, once for all Nodes, with the Node of the command. */
  readonly build?: (app: App) => void | Promise<void>
  /** Arguments of Node: what is run, from the project's folder. */
  readonly run: (app: App, node: Runtime) => readonly string[]
  /** Variables to set. */
  readonly env?: Readonly<Record<string, string>>
  /** The file that errors have to name; absent where nothing maps back to it. */
  readonly written?: string
  /** Why it can't be tried on this Node; `undefined`: it can. */
  readonly missing?: (node: Runtime) => string | undefined
}

/** A Node to try. */
export interface Runtime {
  /** The executable. */
  readonly path: string
  readonly major: number
  readonly minor: number
}

/** A project that is being tried. */
export class App {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts)
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  write(name: string, text: string): void {
    mkdirSync(join(this.path(name), '..'), { recursive: true })
    writeFileSync(this.path(name), text)
  }

  /** Runs a tool to its end, and throws with all that it said when it fails. */
  tool(script: string, ...args: string[]): void {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`${script} ${args.join(' ')}\n${stdout}${stderr}`)
  }
}

/** The folders of the tools' packages. */
export const TOOLS = HERE
export const VITEST_5 = join(HERE, 'vitest-5')

/** The script behind a tool's command: `tool('vitest', 'vitest')`. */
export function binOf(name: string, command: string, home = TOOLS): string {
  // Through the folder: not every package lets its package.json be asked for.
  let folder = join(home, 'node_modules', name)
  if (!existsSync(folder)) folder = join(ROOT, 'node_modules', name)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>
  }
  const script = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[command]
  if (script === undefined) throw new Error(`${name} has no command ${command}`)
  return join(folder, script)
}

/** What another package of the tools is, loaded here. */
export function loadTool(name: string): unknown {
  return createRequire(join(TOOLS, 'package.json'))(name)
}

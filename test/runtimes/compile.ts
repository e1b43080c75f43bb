import { readdirSync } from 'node:fs'
import { ROOT } from './app.ts'
import { toCommonJs } from './plain.ts'
import { type App, binOf } from './toolchain.ts'

export interface CompileOptions {
  /** Files that import the others. `main.ts` has the cases for all, `main-module.ts` those for ES modules too. */
  readonly files: readonly string[]
  /** The compiler's script. Default: TypeScript as this package uses it. */
  readonly compiler?: string
  readonly options: Readonly<Record<string, unknown>>
}

/** Compiles the project's TypeScript into its folder `out`. */
export function compile(
  app: App,
  { compiler = binOf('typescript', 'tsc', ROOT), files, options }: CompileOptions,
) {
  const config = {
    compilerOptions: {
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      types: ['node'],
      rootDir: '.',
      outDir: 'out',
      strict: true,
      esModuleInterop: true,
      resolveJsonModule: true,
      rewriteRelativeImportExtensions: true,
      skipLibCheck: true,
      ...options,
    },
    files,
  }
  app.write('tsconfig.json', JSON.stringify(config))
  app.tool(compiler, '-p', 'tsconfig.json')
}

/** The compiled modules as CommonJS files, in the folder `cjs`. */
export function rewriteAsCommonJs(app: App): void {
  for (const name of readdirSync(app.path('out'))) {
    if (!name.endsWith('.js') || /late|module|main/.test(name)) continue
    app.write(`cjs/${name.replace(/js$/, 'cjs')}`, toCommonJs(app.read(`out/${name}`)))
  }
  for (const name of ['cases-commonjs.cjs', 'tools.cjs', 'whole.cjs', 'rates.json'])
    app.write(`cjs/${name}`, app.read(name))
  app.write(
    'cjs/main-commonjs.cjs',
    `const { cases } = require('./cases.cjs')
const { cases: modern } = require('./cases-modern.cjs')
const { cases: more } = require('./cases-commonjs.cjs')
const { runCases } = require('./run.cjs')
void runCases([...cases, ...modern, ...more])
`,
  )
}

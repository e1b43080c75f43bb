import { readdirSync } from 'node:fs'
import { compile } from './compile.ts'
import { type App, binOf, loadTool, type Toolchain, TOOLS } from './toolchain.ts'

/* JavaScript that a compiler or a bundler wrote, with source maps as it makes them. */

const TYPESCRIPT_7 = binOf('typescript7', 'tsc')
const TYPESCRIPT_5 = binOf('typescript', 'tsc')

/** `file`: what to compile, and the program to run. */
function tsc(file: string, options: Record<string, unknown>, compiler = TYPESCRIPT_7): (app: App) => void {
  return app => compile(app, { files: [`${file}.ts`], compiler, options: { sourceMap: true, ...options } })
}

export const COMPILED: readonly Toolchain[] = [
  {
    id: 'tsc-esm',
    title: 'tsc 7, ES2022, ES modules',
    type: 'module',
    build: tsc('main-module', {}),
    run: () => ['out/main-module.js'],
    written: '/cases.ts',
  },
  {
    id: 'tsc-cjs',
    title: 'tsc 7, ES2022, CommonJS',
    type: 'commonjs',
    build: tsc('main', { module: 'commonjs' }),
    run: () => ['out/main.js'],
    written: '/cases.ts',
  },
  {
    id: 'tsc-es2015',
    title: 'tsc 7, ES2015 with `importHelpers` (tslib), CommonJS',
    type: 'commonjs',
    tools: [TOOLS],
    build: tsc('main', { module: 'commonjs', target: 'es2015', lib: ['es2023'], importHelpers: true }),
    run: () => ['out/main.js'],
    written: '/cases.ts',
  },
  {
    id: 'tsc-es5',
    title: 'tsc 5.9, ES5, CommonJS',
    type: 'commonjs',
    tools: [TOOLS],
    build: tsc(
      'main-es5',
      // The declarations of manycore are to be had the new way only.
      {
        module: 'commonjs',
        moduleResolution: 'node10',
        paths: { manycore: ['./node_modules/manycore/dist/src/index.d.ts'] },
        target: 'es5',
        lib: ['es2023', 'esnext.disposable'],
        downlevelIteration: true,
      },
      TYPESCRIPT_5,
    ),
    run: () => ['out/main-es5.js'],
    written: '/cases.ts',
  },
  {
    id: 'swc',
    title: 'swc, ES2022, CommonJS',
    type: 'commonjs',
    tools: [TOOLS],
    build: swc,
    run: () => ['out/main.js'],
    written: '/cases.ts',
  },
  bundle('esbuild-esm', 'esbuild bundle, ES module', { format: 'esm' }),
  bundle('esbuild-cjs', 'esbuild bundle, CommonJS', { format: 'cjs' }),
  bundle('esbuild-min', 'esbuild bundle, minified', { format: 'esm', minify: true }),
  bundle('esbuild-names', 'esbuild bundle, minified, `keepNames`', {
    format: 'esm',
    minify: true,
    keepNames: true,
  }),
]

interface Swc {
  transformSync(source: string, options: object): { code: string; map?: string }
}

function swc(app: App): void {
  const { transformSync } = loadTool('@swc/core') as Swc
  for (const name of readdirSync(app.folder)) {
    if (!name.endsWith('.ts') || /late|module|es5/.test(name)) continue
    const to = name.replace(/ts$/, 'js')
    const { code, map = '' } = transformSync(app.read(name), {
      filename: app.path(name),
      sourceFileName: `../${name}`,
      sourceMaps: true,
      module: { type: 'commonjs' },
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    })
    // swc leaves the endings of imports as they are, as its users know.
    app.write(
      `out/${to}`,
      `${code.replace(/"(\.\/[\w-]+)\.ts"/g, '"$1.js"')}\n//# sourceMappingURL=${to}.map\n`,
    )
    app.write(`out/${to}.map`, map)
  }
}

interface Esbuild {
  build(options: object): Promise<unknown>
}

interface BundleOptions {
  readonly format: 'esm' | 'cjs'
  readonly minify?: boolean
  readonly keepNames?: boolean
}

function bundle(id: string, title: string, options: BundleOptions): Toolchain {
  const isModule = options.format === 'esm'
  const outfile = isModule ? 'out/bundle.mjs' : 'out/bundle.cjs'
  return {
    id,
    title,
    type: 'module',
    async build(app) {
      const { build } = loadTool('esbuild') as Esbuild
      await build({
        absWorkingDir: app.folder,
        entryPoints: [isModule ? 'main-module.ts' : 'main.ts'],
        outfile,
        bundle: true,
        platform: 'node',
        target: 'node20',
        external: ['manycore'],
        sourcemap: true,
        logLevel: 'error',
        ...options,
      })
    },
    run: () => [outfile],
    written: '/cases.ts',
  }
}

import { compile, rewriteAsCommonJs } from './compile.ts'
import type { App, Toolchain } from './toolchain.ts'

/* JavaScript that needs no tool when it runs. These three need nothing but this package's own compiler. */

const asModules = (app: App): void => compile(app, { files: ['main-module.ts'], options: {} })

export const PLAIN: readonly Toolchain[] = [
  {
    id: 'esm',
    title: 'ES modules',
    type: 'module',
    build: asModules,
    run: () => ['out/main-module.js'],
  },
  {
    id: 'cjs',
    title: 'CommonJS',
    type: 'commonjs',
    build(app) {
      asModules(app)
      rewriteAsCommonJs(app)
    },
    run: () => ['cjs/main-commonjs.cjs'],
  },
  {
    id: 'entry-esm',
    title: 'ES module, functions of the entry script itself',
    type: 'module',
    build(app) {
      asModules(app)
      app.write(
        'out/entry.js',
        `${app.read('out/cases.js')}\nimport { runCases } from './run.js'\nawait runCases(cases)\n`,
      )
    },
    run: () => ['out/entry.js'],
  },
  {
    id: 'entry-cjs',
    title: 'CommonJS, functions of the entry script itself',
    type: 'commonjs',
    build(app) {
      asModules(app)
      rewriteAsCommonJs(app)
      app.write('cjs/entry.cjs', `${app.read('cjs/cases.cjs')}\nvoid require('./run.cjs').runCases(cases)\n`)
    },
    run: () => ['cjs/entry.cjs'],
  },
]

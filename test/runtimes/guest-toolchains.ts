import { compile } from './compile.ts'
import { type App, binOf, type Toolchain } from './toolchain.ts'

/* The ES modules of the first row in surroundings that somebody else made. */

const asModules = (app: App): void => compile(app, { files: ['main-module.ts'], options: {} })

export const GUESTS: readonly Toolchain[] = [
  {
    id: 'in-thread',
    title: 'inside a worker thread',
    type: 'module',
    build(app) {
      asModules(app)
      app.write(
        'out/outer.js',
        "import { Worker } from 'node:worker_threads'\nnew Worker(new URL('main-module.js', import.meta.url))\n",
      )
    },
    run: () => ['out/outer.js'],
  },
  {
    id: 'in-child',
    title: 'inside a child process (`fork`)',
    type: 'module',
    build(app) {
      asModules(app)
      app.write(
        'out/outer.js',
        "import { fork } from 'node:child_process'\nfork(new URL('main-module.js', import.meta.url))\n",
      )
    },
    run: () => ['out/outer.js'],
  },
  {
    id: 'inspect',
    title: 'with `--inspect`',
    type: 'module',
    build: asModules,
    run: () => ['--inspect=127.0.0.1:0', 'out/main-module.js'],
  },
  {
    id: 'coverage',
    title: 'with `NODE_V8_COVERAGE`',
    type: 'module',
    build: asModules,
    run: () => ['out/main-module.js'],
    env: { NODE_V8_COVERAGE: 'coverage' },
  },
  {
    id: 'c8',
    title: 'with c8',
    type: 'module',
    build: asModules,
    run: (_, node) => [binOf('c8', 'c8'), '--reporter=text-summary', node.path, 'out/main-module.js'],
  },
]

import { binOf, type Toolchain, TOOLS } from './toolchain.ts'

/* TypeScript that is run as it is: a loader, or Node itself, takes the types away. */

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: 'es2022',
    module: 'commonjs',
    moduleResolution: 'node10',
    esModuleInterop: true,
    sourceMap: true,
    resolveJsonModule: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: ['node'],
  },
})
const configured: Toolchain['build'] = app => app.write('tsconfig.json', TSCONFIG)

export const LOADED: readonly Toolchain[] = [
  {
    id: 'strip',
    title: "Node's type stripping",
    type: 'module',
    run: (_, { major, minor }) => [
      ...(major === 22 && minor < 18 ? ['--experimental-strip-types'] : []),
      'main-module.ts',
    ],
    written: '/cases.ts',
    missing: ({ major }) => (major < 22 ? 'Node 20 has no type stripping' : undefined),
  },
  {
    id: 'tsx-esm',
    title: 'tsx, ES modules (`node --import tsx`)',
    type: 'module',
    tools: [TOOLS],
    run: () => ['--import', 'tsx', 'main-module.ts'],
    written: '/cases.ts',
  },
  {
    id: 'tsx-cjs',
    title: 'tsx, CommonJS (`node --import tsx`)',
    type: 'commonjs',
    tools: [TOOLS],
    run: () => ['--import', 'tsx', 'main.ts'],
    written: '/cases.ts',
  },
  {
    id: 'tsx-command',
    title: 'tsx, the command',
    type: 'module',
    tools: [TOOLS],
    run: () => [binOf('tsx', 'tsx'), 'main-module.ts'],
    written: '/cases.ts',
  },
  {
    id: 'ts-node',
    title: 'ts-node, CommonJS (`node -r ts-node/register/transpile-only`)',
    type: 'commonjs',
    tools: [TOOLS],
    build: configured,
    run: () => ['-r', 'ts-node/register/transpile-only', 'main.ts'],
    written: '/cases.ts',
  },
  {
    id: 'ts-node-command',
    title: 'ts-node, the command',
    type: 'commonjs',
    tools: [TOOLS],
    build: configured,
    run: () => [binOf('ts-node', 'ts-node'), '--transpile-only', 'main.ts'],
    written: '/cases.ts',
  },
  {
    id: 'swc-node-cjs',
    title: 'swc, CommonJS (`node -r @swc-node/register`)',
    type: 'commonjs',
    tools: [TOOLS],
    build: configured,
    run: () => ['-r', '@swc-node/register', 'main.ts'],
    written: '/cases.ts',
  },
  {
    id: 'swc-node-esm',
    title: 'swc, ES modules (`node --import @swc-node/register/esm-register`)',
    type: 'module',
    tools: [TOOLS],
    build: app =>
      app.write('tsconfig.json', TSCONFIG.replace('"commonjs"', '"esnext"').replace('node10', 'bundler')),
    run: () => ['--import', '@swc-node/register/esm-register', 'main-module.ts'],
    written: '/cases.ts',
  },
]

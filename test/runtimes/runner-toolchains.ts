import { type App, binOf, type Toolchain, TOOLS, VITEST_5 } from './toolchain.ts'

/* Test runners, which load the program's files in a way of their own. */

/** Milliseconds that the one test may take. */
const LIMIT = 240_000

const VITEST_TEST = `import { expect, test } from 'vitest'
import { cases } from './cases.ts'
import { cases as modern } from './cases-modern.ts'
import { cases as ofModules } from './cases-module.ts'
import { runCases } from './run.ts'

test('all', { timeout: ${LIMIT} }, async () => {
  expect((await runCases([...cases, ...modern, ...ofModules])).failures).toEqual([])
})
`

function vitest(version: 4 | 5, pool: 'forks' | 'threads'): Toolchain {
  const home = version === 4 ? TOOLS : VITEST_5
  return {
    id: `vitest-${version}-${pool}`,
    title: `Vitest ${version}, \`pool: '${pool}'\``,
    type: 'module',
    tools: [home],
    build: app => app.write('all.test.ts', VITEST_TEST),
    run: () => [
      binOf('vitest', 'vitest', home),
      'run',
      `--pool=${pool}`,
      '--configLoader=runner',
      '--reporter=default',
    ],
    written: '/cases.ts',
    missing: ({ major, minor }) =>
      version === 5 && (major < 22 || (major === 22 && minor < 12)) ? 'Vitest 5 needs Node 22.12' : undefined,
  }
}

function jest(isModule: boolean): Toolchain {
  return {
    id: isModule ? 'jest-esm' : 'jest-cjs',
    title: isModule ? 'Jest 30, ES modules' : 'Jest 30, CommonJS',
    type: isModule ? 'module' : 'commonjs',
    tools: [TOOLS],
    build: app => buildJest(app, isModule),
    run: () => [
      ...(isModule ? ['--experimental-vm-modules'] : []),
      binOf('jest', 'jest'),
      '--config=jest.config.json',
      '--runInBand',
    ],
    written: '/cases.ts',
  }
}

function buildJest(app: App, isModule: boolean): void {
  app.write(
    'jest.config.json',
    JSON.stringify({
      testEnvironment: 'node',
      testMatch: ['<rootDir>/all.test.ts'],
      testTimeout: LIMIT,
      transform: {
        '\\.ts$': [
          '@swc/jest',
          {
            jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
            module: { type: isModule ? 'es6' : 'commonjs' },
          },
        ],
      },
      ...(isModule ? { extensionsToTreatAsEsm: ['.ts'] } : {}),
    }),
  )
  const more = isModule
    ? "import { cases as ofModules } from './cases-module.ts'\n"
    : 'const ofModules: never[] = []\n'
  app.write(
    'all.test.ts',
    `import { cases } from './cases.ts'
import { cases as modern } from './cases-modern.ts'
import { runCases } from './run.ts'
${more}
test('all', async () => {
  expect((await runCases([...cases, ...modern, ...ofModules])).failures).toEqual([])
})
`,
  )
}

export const RUNNERS: readonly Toolchain[] = [
  vitest(4, 'forks'),
  vitest(4, 'threads'),
  vitest(5, 'forks'),
  vitest(5, 'threads'),
  jest(false),
  jest(true),
]

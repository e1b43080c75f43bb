/*
 * What is known not to work somewhere, checked against each run: a failure that is not here is an error, and so is a
 * limit that is gone.
 */

export interface Limit {
  /** Ids of toolchains. */
  readonly toolchains: readonly string[]
  /** Major versions of Node; all of them when absent. */
  readonly nodes?: readonly number[]
  readonly kinds?: readonly ('thread' | 'process')[]
  /** Names of the cases that fail. */
  readonly cases: readonly string[]
  readonly why: string
  /** What a user can do. */
  readonly instead: string
}

const VITEST = ['vitest-4-forks', 'vitest-4-threads']

export const LIMITS: readonly Limit[] = [
  {
    toolchains: [...VITEST, 'jest-esm'],
    nodes: [20],
    cases: ['import() of a module', 'module: import() of a module with top-level await'],
    why: 'Node 20 itself loads no TypeScript, so an `import()` of a `.ts` file that runs in a worker fails; what the test runner has loaded travels.',
    instead: 'Import the module at the top of the file, or run the tests on Node 22.18 or newer.',
  },
  {
    toolchains: ['jest-cjs'],
    cases: ['import() of a module'],
    why: 'Jest makes `require()` of `import()`, and the worker asks Node for a TypeScript file written as an ES module in a package of CommonJS.',
    instead: 'Import the module at the top of the file.',
  },
  {
    toolchains: ['ts-node-command'],
    kinds: ['thread'],
    cases: ['import() of a module'],
    why: 'Threads know nothing of a loader that no flag asked for.',
    instead:
      'Start the program with `node -r ts-node/register`, use processes, or import at the top of the file.',
  },
  {
    toolchains: ['ts-node-command', 'jest-esm'],
    cases: ['import, live binding'],
    why: 'A variable that a module exports and changes later arrives with the value that it had when the function was sent: the tool alone can load the module.',
    instead: 'Export a function that returns the variable.',
  },
  {
    toolchains: ['esbuild-esm', 'esbuild-min', 'esbuild-names'],
    cases: ['module: import() of a module with top-level await'],
    why: 'In a bundle the module is a Promise of this program, and a Promise is refused.',
    instead: 'Import the module at the top of the file.',
  },
  {
    toolchains: ['tsc-es2015'],
    cases: ['refused: method with a private name'],
    why: 'For ES2015 it becomes an ordinary method, which travels and then, called without its object, fails as it does here.',
    instead: 'Bind it: `object.method.bind(object)`.',
  },
  {
    toolchains: ['tsc-es5'],
    cases: ['class over Array', 'class over Map', 'a thrown error keeps its class'],
    why: 'TypeScript’s ES5 classes over Array, Map and Error do not work in the program itself either.',
    instead: 'Compile for ES2015 or newer.',
  },
  {
    toolchains: ['tsc-es5'],
    cases: ['import() of a module'],
    why: 'TypeScript 5.9 leaves the ending of a module in `import()` as it is for this target.',
    instead: 'Write the ending `.js`, or compile for ES2015 or newer.',
  },
]

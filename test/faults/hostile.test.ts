import assert from 'node:assert/strict'
import { closeSync, writeSync } from 'node:fs'
import { describe } from 'node:test'
import { inspect } from 'node:util'
import { serialize } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { eachKind, everyFew, type Kind, rounds } from '../support/index.ts'
import {
  cell,
  coded,
  type Expectation,
  expectUsable,
  outcome,
  type Outcome,
  PATIENCE,
  sharedPool,
} from './cells.ts'

/* Tasks that do what no task should: to the worker's process, to its descriptors, to the errors they throw. */

interface Deed {
  readonly name: string
  readonly fn: () => unknown
  readonly expected: (kind: Kind) => Expectation
  readonly timeout?: number
  /** It would harm the test itself in a thread. */
  readonly processesOnly?: boolean
}

const value =
  (wanted: unknown): Expectation =>
  found =>
    assert.deepEqual(found, { value: wanted })
const valueIs = (wanted: unknown) => () => value(wanted)
const codedAs =
  (code: string, fields = {}) =>
  () =>
    coded(code, fields)
/** Whatever it is told, it is told. */
const settled: Expectation = found => {
  if ('error' in found)
    assert.match(String((found.error as { code?: unknown }).code), /^(WORKER_DIED|TASK_TIMEOUT)$/)
}
const error =
  (look: (thrown: Error) => void): Expectation =>
  (found: Outcome) => {
    assert.ok('error' in found, 'a value came')
    look(found.error as Error)
  }

/** More than a stack has room for. */
const [CAUSES, DEPTH] = [rounds(8000, 20_000), rounds(30_000, 100_000)]

class Demanding extends Error {
  constructor(options: { text: string }) {
    super(options.text.toUpperCase())
  }
}

const ERRORS: readonly Deed[] = [
  {
    name: 'rejects with undefined',
    fn: () => Promise.reject(undefined),
    expected: () => found => assert.deepEqual(found, { error: undefined }),
  },
  {
    name: 'throws null',
    fn: () => {
      throw null
    },
    expected: () => found => assert.deepEqual(found, { error: null }),
  },
  {
    name: 'throws a number',
    fn: () => {
      throw 42
    },
    expected: () => found => assert.deepEqual(found, { error: 42 }),
  },
  {
    name: 'throws a symbol',
    fn: () => {
      throw Symbol('odd')
    },
    expected: () => found => assert.ok('error' in found),
  },
  {
    name: 'throws a function',
    fn: () => {
      throw () => 1
    },
    expected: () => found => assert.ok('error' in found),
  },
  {
    name: 'throws a FinalizationRegistry',
    fn: () => {
      throw new FinalizationRegistry(() => {})
    },
    expected: () => found => assert.ok('error' in found),
  },
  {
    name: 'throws a proxy that throws at everything',
    fn: () => {
      throw new Proxy(
        {},
        {
          get() {
            throw new Error('get')
          },
          ownKeys() {
            throw new Error('keys')
          },
          getPrototypeOf() {
            throw new Error('prototype')
          },
        },
      )
    },
    expected: () => found => assert.ok('error' in found),
  },
  {
    name: 'throws an error whose stack throws',
    fn: () => {
      throw Object.defineProperty(new Error('outside'), 'stack', {
        get() {
          throw new Error('inside')
        },
      })
    },
    expected: () => error(thrown => assert.equal(thrown.message, 'outside')),
  },
  {
    name: 'throws an error whose message throws',
    fn: () => {
      throw Object.defineProperty(new TypeError('x'), 'message', {
        get() {
          throw new Error('inside')
        },
      })
    },
    expected: () => error(thrown => assert.ok(thrown instanceof Error)),
  },
  {
    name: 'throws an error whose cause is itself',
    fn: () => {
      const e = new Error('round')
      e.cause = e
      throw e
    },
    expected: () => error(thrown => assert.equal(thrown.cause, thrown)),
  },
  {
    name: 'throws an error with a socket on it',
    fn: () => {
      throw Object.assign(new Error('wired'), { wire: new FinalizationRegistry(() => {}), port: 80 })
    },
    expected: () => error(thrown => assert.equal((thrown as unknown as { port: number }).port, 80)),
  },
  {
    name: 'throws an error of a class whose constructor wants arguments',
    fn: () => {
      throw new Demanding({ text: 'please' })
    },
    expected: () => error(thrown => assert.equal(thrown.message, 'PLEASE')),
  },
  {
    name: 'throws an error with thousands of causes',
    fn: () => {
      let e = new Error('first')
      for (let i = 0; i < CAUSES; i++) e = new Error('next', { cause: e })
      throw e
    },
    expected: () => error(thrown => assert.ok(thrown instanceof Error || thrown !== undefined)),
  },
  {
    name: 'throws an AggregateError of odd things',
    fn: () => {
      throw new AggregateError([undefined, null, new Error('one'), 'two'])
    },
    expected: () => error(thrown => assert.equal((thrown as AggregateError).errors.length, 4)),
  },
  {
    name: 'overflows the stack',
    fn: () => {
      const dive = (): number => 1 + dive()
      return dive()
    },
    expected: () => error(thrown => assert.ok(thrown instanceof RangeError)),
  },
  {
    name: 'returns a deep list',
    fn: () => {
      let list: unknown
      for (let i = 0; i < DEPTH; i++) list = [list]
      return list
    },
    expected: () => found => assert.ok('error' in found || Array.isArray(found.value)),
  },
]

const RETURNS: readonly Deed[] = [
  {
    name: 'returns a thenable whose then throws',
    fn: () => ({
      then() {
        throw new RangeError('then')
      },
    }),
    expected: () => error(thrown => assert.equal(thrown.message, 'then')),
  },
  {
    name: 'returns a thenable whose then getter throws',
    fn: () => ({
      get then() {
        throw new RangeError('getter')
      },
    }),
    expected: () => found => assert.ok('error' in found),
  },
  {
    name: 'returns a thenable that answers twice',
    fn: () => ({
      then(good: (x: number) => void) {
        good(1)
        good(2)
      },
    }),
    expected: valueIs(1),
  },
  {
    name: 'returns a thenable that answers at once',
    fn: () => ({
      then(good: (x: number) => void) {
        good(1)
      },
    }),
    expected: valueIs(1),
  },
  {
    name: 'returns a thenable that answers and throws',
    fn: () => ({
      then(good: (x: number) => void) {
        good(1)
        throw new Error('late')
      },
    }),
    expected: valueIs(1),
  },
  {
    name: 'returns a thenable that never answers',
    fn: () => ({ then() {} }),
    timeout: PATIENCE,
    expected: codedAs('TASK_TIMEOUT'),
  },
  {
    name: 'returns a promise of a promise',
    fn: async () => Promise.resolve(Promise.resolve(5)),
    expected: valueIs(5),
  },
  {
    name: 'returns a proxy that throws at everything',
    fn: () =>
      new Proxy(
        {},
        {
          get() {
            throw new Error('get')
          },
          ownKeys() {
            throw new Error('keys')
          },
        },
      ),
    expected: () => found => assert.ok('error' in found),
  },
  {
    name: 'returns a detached buffer',
    fn: () => {
      const b = new ArrayBuffer(8)
      structuredClone(b, { transfer: [b] })
      return b
    },
    expected: () => found => assert.ok('error' in found || found.value instanceof ArrayBuffer),
  },
]

/** Whole as messages go, but none that a worker sends, or not one that is ready. */
const FOREIGN: readonly unknown[] = [
  'hello',
  null,
  {},
  [],
  [99],
  [1],
  [1, 7, 0, 0],
  [1, [0, 4, null], 1, 1],
  [1, [0, 4, [[], null, [3], 0, 0]], 1, 1],
  [1, ['0', 0, 1], 1, 1],
  [2, 5],
  [3, 4],
  [9, 4],
  [0],
  [3, { graph: [] }],
]

const DEEDS: readonly Deed[] = [
  {
    name: 'loops in microtasks for ever',
    fn: () =>
      new Promise(() => {
        const again = (): void => queueMicrotask(again)
        again()
      }),
    timeout: PATIENCE,
    expected: codedAs('TASK_TIMEOUT'),
  },
  {
    name: 'loops in nextTick for ever',
    fn: () =>
      new Promise(() => {
        const again = (): void => process.nextTick(again)
        again()
      }),
    timeout: PATIENCE,
    expected: codedAs('TASK_TIMEOUT'),
  },
  {
    name: 'waits on Atomics for ever',
    fn: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
    timeout: PATIENCE,
    expected: codedAs('TASK_TIMEOUT'),
  },
  {
    name: 'throws from a timer',
    fn: () =>
      new Promise(() => {
        setTimeout(() => {
          throw new Error('from a timer')
        }, 1)
      }),
    expected: codedAs('WORKER_DIED', { exitCode: 1 }),
  },
  {
    name: 'leaves a rejection behind',
    fn: async () => {
      void Promise.reject(new Error('left behind'))
      await new Promise(resolve => setTimeout(resolve, 1000))
    },
    expected: codedAs('WORKER_DIED', { exitCode: 1 }),
  },
  {
    name: 'listens for uncaught exceptions and throws from a timer',
    fn: () =>
      new Promise(resolve => {
        process.once('uncaughtException', e => resolve(e.message))
        setTimeout(() => {
          throw new Error('from a timer')
        }, 1)
      }),
    expected: valueIs('from a timer'),
  },
  {
    name: 'aborts',
    fn: () => process.abort(),
    processesOnly: true,
    expected: codedAs('WORKER_DIED', { signal: 'SIGABRT', exitCode: -6 }),
  },
  {
    name: 'sends itself SIGTERM',
    fn: () => {
      process.kill(process.pid, 'SIGTERM')
      return new Promise(() => {
        setInterval(() => {}, 1000)
      })
    },
    processesOnly: true,
    expected: codedAs('WORKER_DIED', { signal: 'SIGTERM', exitCode: -15 }),
  },
  {
    name: 'sends itself SIGSEGV',
    fn: () => {
      process.kill(process.pid, 'SIGSEGV')
      for (;;);
    },
    processesOnly: true,
    expected: codedAs('WORKER_DIED', { signal: 'SIGSEGV', exitCode: -11 }),
  },
  {
    name: 'stops itself',
    fn: () => {
      process.kill(process.pid, 'SIGSTOP')
      return 'went on'
    },
    timeout: PATIENCE,
    processesOnly: true,
    expected: codedAs('TASK_TIMEOUT'),
  },
  {
    name: 'changes the folder',
    fn: () => {
      process.chdir('/')
      return process.cwd()
    },
    processesOnly: true,
    expected: valueIs('/'),
  },
  {
    name: 'empties the environment',
    fn: () => {
      for (const key of Object.keys(process.env)) delete process.env[key]
      return Object.keys(process.env).length
    },
    expected: valueIs(0),
  },
  {
    name: 'removes every listener of process',
    fn: () => {
      process.removeAllListeners()
      return 'removed'
    },
    expected: valueIs('removed'),
  },
  {
    name: 'disconnects',
    fn: () => {
      process.disconnect?.()
      return 'alone'
    },
    expected: valueIs('alone'),
  },
  {
    name: 'destroys stdout and stderr',
    fn: () => {
      process.stdout.destroy()
      process.stderr.destroy()
      return 'mute'
    },
    expected: valueIs('mute'),
  },
  {
    name: 'closes stdout',
    fn: () => {
      closeSync(1)
      return 'mute'
    },
    processesOnly: true,
    expected: () => settled,
  },
  {
    name: 'closes the message channel',
    fn: () => {
      closeSync(3)
      return 'cut off'
    },
    processesOnly: true,
    expected: () => settled,
  },
  {
    name: 'closes the lifeline',
    fn: () => {
      closeSync(4)
      return 'cut off'
    },
    processesOnly: true,
    expected: () => settled,
  },
  {
    name: 'closes the file of marks',
    fn: () => {
      closeSync(5)
      return 'cut off'
    },
    processesOnly: true,
    expected: () => settled,
  },
  {
    name: 'closes all of its files',
    fn: () => {
      for (let fd = 0; fd < 64; fd++)
        try {
          closeSync(fd)
        } catch {}
      return 'cut off'
    },
    processesOnly: true,
    expected: () => settled,
  },
  {
    name: 'writes into the message channel',
    fn: () => {
      writeSync(3, Buffer.from([4, 0, 0, 0, 1, 2, 3, 4, 9, 9]))
      return 'garbage'
    },
    processesOnly: true,
    expected: codedAs('WORKER_DIED', { signal: 'SIGKILL' }),
  },
  {
    name: 'writes text into the message channel',
    fn: () => {
      writeSync(3, 'hello\n')
      return 'garbage'
    },
    processesOnly: true,
    expected: codedAs('WORKER_DIED', { signal: 'SIGKILL' }),
  },
  ...everyFew(FOREIGN, 0, 3).map(message => ({
    name: `writes ${inspect(message, { breakLength: Infinity })} into the message channel`,
    fn: () => {
      const body = serialize(message)
      const length = Buffer.alloc(4)
      length.writeUInt32LE(body.length)
      writeSync(3, Buffer.concat([length, body]))
      return 'said'
    },
    processesOnly: true,
    expected: codedAs('WORKER_DIED', { signal: 'SIGKILL' }),
  })),
  {
    name: 'replaces the clock',
    fn: () => {
      Date.now = () => 0
      performance.now = () => 0
      return 'timeless'
    },
    expected: valueIs('timeless'),
  },
  {
    name: 'breaks built-ins',
    fn: () => {
      // oxlint-disable-next-line no-extend-native -- that is the deed
      Array.prototype.push = () => {
        throw new Error('no')
      }
      return 'broken'
    },
    expected: () => found => assert.ok(found),
  },
  {
    name: 'leaves a thread behind',
    fn: () => {
      // oxlint-disable-next-line no-new -- nobody ends it: that is the deed
      new Worker('setInterval(() => {}, 1000)', { eval: true })
      return 'left'
    },
    expected: valueIs('left'),
  },
  {
    name: 'leaves a timer behind',
    fn: () => {
      setInterval(() => {}, 1000)
      return 'left'
    },
    expected: valueIs('left'),
  },
  {
    name: 'writes a megabyte to stderr',
    fn: () => {
      process.stderr.write('.'.repeat(2 ** 20))
      process.exit(3)
    },
    expected: codedAs('WORKER_DIED', { exitCode: 3 }),
  },
]

eachKind(kind => {
  for (const [title, deeds] of [
    ['errors', ERRORS],
    ['returns', RETURNS],
    ['deeds', DEEDS],
  ] as const) {
    describe(title, () => {
      const pool = sharedPool(kind, { processes: 1 })
      for (const { name, fn, expected, timeout, processesOnly } of deeds) {
        if (processesOnly && kind.name === 'threads') continue
        cell(
          `a task that ${name}`,
          async () => {
            const found = await outcome(pool().apply(fn, [], timeout ? { timeout } : {}))
            expected(kind)(found)
            await expectUsable(pool())
          },
          () => pool().stats(),
        )
      }
    })
  }
})

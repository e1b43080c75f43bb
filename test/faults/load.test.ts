import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { eachKind, type TempDir, tempDir } from '../support/index.ts'
import {
  cell,
  clearUp,
  coded,
  type Expectation,
  expectCleanEnd,
  expectUsable,
  outcome,
  PATIENCE,
  poolOf,
  possible,
  runTarget,
  sharedPool,
  wrapped,
} from './cells.ts'
import type { Fault } from './fixtures/misdeeds.ts'

/*
 * A function's way into the worker: modules that go wrong when a worker loads them, captured values that go wrong
 * when they are read here.
 */

type AtLoad = Extract<
  Fault,
  'throws' | 'exits' | 'is killed' | 'runs out of memory' | 'never answers' | 'never settles'
>

/** Text that goes wrong in every thread but the program's first. */
const MISDEEDS: Readonly<Record<AtLoad, string>> = {
  throws: `throw new RangeError('thrown on purpose')`,
  exits: `process.exit(7)`,
  'is killed': `process.kill(process.pid, 'SIGKILL'); for (;;);`,
  'runs out of memory': `const hoard = []; for (;;) hoard.push(new Array(10_000).fill(1))`,
  'never answers': `for (;;);`,
  'never settles': `await new Promise(() => {})`,
}

const EXPECTED: Readonly<Record<AtLoad, Expectation>> = {
  throws: wrapped('MODULE_NOT_FOUND'),
  exits: coded('WORKER_DIED', { exitCode: 7 }),
  'is killed': coded('WORKER_DIED', { exitCode: -9 }),
  'runs out of memory': coded('WORKER_DIED', { outOfMemory: true }),
  'never answers': coded('TASK_TIMEOUT'),
  'never settles': coded('TASK_TIMEOUT'),
}

interface Module {
  work(): string
}

eachKind(kind => {
  describe('modules that go wrong in a worker', () => {
    let folder: TempDir
    before(() => {
      folder = tempDir()
    })
    after(clearUp)

    const load = async (fault: AtLoad): Promise<Module> => {
      const name = `${fault.replaceAll(' ', '-')}-${kind.name}.mjs`
      const file = folder.write(
        name,
        `import { isMainThread } from 'node:worker_threads'
        if (process.pid !== ${process.pid} || !isMainThread) { ${MISDEEDS[fault]} }
        export function work() { return 'fine' }`,
      )
      return (await import(pathToFileURL(file).href)) as Module
    }

    for (const fault of (Object.keys(MISDEEDS) as AtLoad[]).filter(each => possible(kind, each))) {
      const timed = fault.startsWith('never')
      cell(`${fault}, by reference and captured, pool`, async () => {
        const { work } = await load(fault)
        const pool = poolOf(kind, { processes: 1 })
        for (const fn of [work, () => work()]) {
          await expectUsable(pool)
          const found = await outcome(pool.apply(fn, [], timed ? { timeout: PATIENCE } : {}))
          EXPECTED[fault](found)
        }
        await expectUsable(pool)
        await expectCleanEnd(pool)
      })
      if (!timed) {
        cell(`${fault}, by reference, worker of its own`, async () => {
          const { work } = await load(fault)
          const { found } = await runTarget(kind, work, undefined, fault)
          EXPECTED[fault](found)
        })
      }
    }
  })

  describe('captured values that cannot be read here', () => {
    const pool = sharedPool(kind, { processes: 1 })
    const stays = Promise.resolve()
    const traps: readonly (readonly [string, () => object])[] = [
      [
        // Else the getter itself would travel.
        'a getter that throws and leads to what can not travel',
        () => ({
          get inside() {
            void stays
            throw new RangeError('thrown on purpose')
          },
        }),
      ],
      [
        'a proxy that throws',
        () =>
          new Proxy(
            {},
            {
              ownKeys() {
                throw new RangeError('thrown on purpose')
              },
            },
          ),
      ],
      ['a promise', () => ({ later: Promise.resolve(1) })],
      ['a FinalizationRegistry', () => ({ weak: new FinalizationRegistry(() => {}) })],
    ]
    for (const [name, make] of traps) {
      cell(name, async () => {
        const held = make()
        const found = await outcome(pool().apply(() => held))
        assert.ok('error' in found)
        assert.match(String((found.error as { code?: unknown }).code), /^CANNOT_(CAPTURE|CLONE|READ)$/)
        if (!name.includes('throws')) assert.match((found.error as Error).message, /held/)
        await expectUsable(pool())
      })
      cell(`${name}, worker of its own`, async () => {
        const held = make()
        const worker = new kind.Worker({ target: () => held })
        assert.throws(() => worker.start(), { code: /^CANNOT_(CAPTURE|CLONE|READ)$/ })
      })
    }
  })
})

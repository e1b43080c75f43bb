import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { BUILD, deferred, entryFile } from '../../src/base/index.ts'
import { capture, captureBoot } from '../../src/capture/index.ts'
import { ProcessLink, ThreadLink, type WorkerLink } from '../../src/link/index.ts'
import type { Boot } from '../../src/wire/index.ts'
import type { Call } from '../../src/worker/call.ts'
import { Worker, type WorkerUser } from '../../src/worker/worker.ts'
import { nothingLeft } from '../support/index.ts'

const LIMIT = { timeout: 20_000 }

afterEach(() => nothingLeft())

/*
 * Numbers of calls are 32-bit and go round: a long life has more calls than that. These lives begin near the places
 * where numbers turn.
 */
const TURNS = [2 ** 29 - 100, 2 ** 31 - 200]

const ROADS: readonly (readonly ['process' | 'thread', () => WorkerLink])[] = [
  ['process', () => new ProcessLink({ name: 'w', entry: entry('process') })],
  ['thread', () => new ThreadLink({ name: 'w', entry: entry('thread') })],
]

for (const [kind, open] of ROADS) {
  for (const first of TURNS) {
    test(`a ${kind}'s calls from number ${first} on are all run once`, LIMIT, async () => {
      const link = open()
      const worker = await started(kind, link, first)
      const answers: unknown[] = []
      for (let n = 0; n < 400; n++) answers.push(await worker.call(n))
      assert.deepEqual(
        answers,
        answers.map((_, n) => 2 * n),
      )
      assert.equal(worker.returned, 0)
      await worker.end()
    })

    test(`a ${kind} gives calls back around number ${first} as ever`, LIMIT, async () => {
      const link = open()
      const worker = await started(kind, link, first)
      for (let n = 0; n < 390; n++) await worker.call(n)
      const blocked = worker.call(-60)
      const waiting = [worker.call(1), worker.call(2)]
      while (!worker.isBusy()) await new Promise(resolve => setImmediate(resolve))
      await worker.takeBack()
      assert.deepEqual(await Promise.all(waiting), ['returned', 'returned'])
      assert.equal(await blocked, -120)
      assert.equal(await worker.call(5), 10)
      await worker.end()
    })
  }
}

interface Numbered extends Call {
  readonly settle: (value: unknown) => void
}

/** A worker whose first call has this number, in few words. */
async function started(kind: 'process' | 'thread', link: WorkerLink, first: number) {
  let returned = 0
  const ready = deferred()
  const died = deferred()
  const user: WorkerUser<Numbered> = {
    ready: () => ready.resolve(),
    settled: (call, _, payload) => call.settle(payload),
    returned: call => {
      returned++
      call.settle('returned')
    },
    refused: (call, error) => call.settle(error),
    progressed() {},
    began() {},
    reported() {},
    timed() {},
    pulse() {},
    initializerFailed: thrown => ready.reject(thrown),
    died: () => died.resolve(),
  }
  const worker = new Worker<Numbered>(link, boot(kind), user, first)
  await ready.promise
  const twice = (n: number): number => {
    if (n < 0) for (const end = performance.now() - n; performance.now() < end; );
    return 2 * n
  }
  const fn = capture(twice, 'test', link.can)
  return {
    call: (n: number): Promise<unknown> =>
      new Promise(settle => worker.send([{ fn, mode: 0, payload: [n], transfer: undefined, settle }])),
    get returned() {
      return returned
    },
    isBusy: () => worker.current() !== undefined,
    takeBack: () => worker.takeBack(),
    end: () => {
      worker.close()
      return died.promise
    },
  }
}

function entry(kind: 'process' | 'thread'): URL {
  return entryFile(`entry-${kind}`, new URL('../../src/worker/start.js', import.meta.url).href)
}

function boot(kind: 'process' | 'thread'): Boot {
  return {
    role: 'pool',
    kind,
    name: 'w',
    build: BUILD,
    daemon: true,
    authkey: '',
    argv: [],
    process: { name: 'w', lineage: '1', daemon: true, parent: null },
    concurrency: 1,
    concurrencyVaries: false,
    pulse: 0,
    cpus: 1,
    labelOutput: false,
    startMethod: 'spawn',
    quiet: false,
    capture: captureBoot(),
    initializer: null,
  }
}

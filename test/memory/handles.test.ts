import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Graph, pack, unpack } from '../../src/codec/index.ts'
import { noNativeCode, runProgram } from '../support/index.ts'
import { Box } from './support.ts'

const linux = process.platform === 'linux' ? {} : { skip: 'Linux only' }
const PROCESS = { share: false, transfer: false }

test('a damaged handle is an error with a code, whatever is wrong with it', {
  timeout: 60_000,
  ...linux,
}, () => {
  const box = Box.withBytes(5000)
  const value = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, -1, 0, 1.5, 2 ** 53, Number.NaN, 'x', true, [], {}, [[]], 1n),
    fc.integer(),
    fc.double(),
  )
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(fc.nat(5), { minLength: 1, maxLength: 5 }), value), { minLength: 1 }),
      changes => {
        const graph = structuredClone(pack([box], { path: 'args', can: PROCESS })) as Graph
        const payloads = graph.graph[5] as unknown[]
        for (const [path, put] of changes) change(payloads.at(-1), path, put)
        try {
          // What was changed may make no difference.
          unpack(graph)
        } catch (error) {
          assert.match(
            String((error as { code?: unknown }).code),
            /^(CANNOT_DECODE|MEMORY_\w+)$/,
            String(error),
          )
        }
      },
    ),
    { numRuns: 500 },
  )
})

/** Replaces what lies at a path of indexes within nested arrays. */
function change(inside: unknown, path: readonly number[], put: unknown): void {
  const [index = 0, ...rest] = path
  if (!Array.isArray(inside) || inside.length === 0) return
  const at = index % inside.length
  if (rest.length > 0 && Array.isArray(inside[at])) change(inside[at], rest, put)
  else inside[at] = put
}

const BOTH = `
  import { Event, Lock, Process, Queue, SharedArray, SharedMemory, Thread } from 'manycore'
  async function run(Worker) {
    const lock = new Lock()
    const queue = new Queue()
    const array = new SharedArray('i', 4)
    const worker = new Worker({
      target: async (lock, queue, array) => {
        await lock.acquire()
        array[1] = 5
        lock.release()
        await queue.put('done')
      },
      args: [lock, queue, array],
    })
    worker.start()
    const got = await queue.get({ timeout: 10_000 })
    await worker.join()
    return [got, array[1], worker.exitCode].join()
  }
  console.log(await run(Thread))
  console.log(await run(Process).catch(error => error.code + ': ' + error.message))
  try {
    new SharedMemory({ create: true, size: 10 }).unlink()
    console.log('named')
  } catch (error) {
    console.log(error.code)
  }
`

test('external buffers, where nothing can be laid over shared ones: everything works', {
  timeout: 40_000,
  skip: process.platform === 'linux' ? noNativeCode() : 'Linux only',
}, async () => {
  const { stdout, stderr } = await runProgram(BOTH, { env: { MANYCORE_MEMORY: 'view' } })
  assert.equal(stderr, '')
  assert.equal(stdout, 'done,5,0\ndone,5,0\nnamed\n')
})

test('without native code: threads share arrays, processes are refused them with the reason', {
  timeout: 40_000,
}, async () => {
  const { stdout, stderr } = await runProgram(BOTH, { env: { MANYCORE_MEMORY: 'none' } })
  assert.equal(stderr, '')
  const [threads, processes = '', ...more] = stdout.trim().split('\n')
  assert.equal(threads, 'done,5,0')
  assert.match(
    processes,
    /^MEMORY_CONFINED: args\[\d\].*only threads share memory here \(MANYCORE_MEMORY=none; /,
  )
  assert.equal(more.at(-1), 'MEMORY_CONFINED')
})

test('who can not share with processes is told of koffi where koffi would help', {
  timeout: 30_000,
}, async () => {
  const program = `
    Object.defineProperty(process, 'platform', { value: process.argv[2] })
    const { Lock, Process } = await import('manycore')
    try {
      new Process({ target: () => {}, args: [new Lock()] }).start()
    } catch ({ code, message }) {
      console.log(code, message)
    }`
  const told = async (platform: string, ...execArgv: string[]): Promise<string> => {
    const env = { MANYCORE_MEMORY: undefined, PATH: '/nowhere' }
    return (await runProgram(program, { args: [platform], execArgv, env })).stdout
  }
  const onTheMoon = await told('moon')
  assert.match(onTheMoon, /^MEMORY_CONFINED .*not on moon yet/)
  assert.doesNotMatch(onTheMoon, /koffi/)
  if (process.platform === 'linux') assert.match(await told('linux', '--no-addons'), /npm install koffi/)
})

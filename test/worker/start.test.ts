import assert from 'node:assert/strict'
import { realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import {
  activeChildren,
  activeThreads,
  currentProcess,
  currentThread,
  type ManycoreError,
  Pool,
  Process,
  setExecutable,
  Thread,
} from 'manycore'
import { eachKind, nothingLeft, runProgram } from '../support/index.ts'
import { code, LIMIT, waitForEver } from './support.ts'

afterEach(() => nothingLeft())

eachKind(kind => {
  const { Worker } = kind

  test('wrong options are refused where they are given', () => {
    assert.throws(() => new Worker({ target: 'work' } as never), code('NOT_A_FUNCTION'))
    assert.throws(() => new Worker({ target: Math.max(1, 2) } as never), code('NOT_A_FUNCTION'))
    assert.throws(() => new Worker({ args: 5 } as never), code('NOT_ITERABLE'))
    for (const wrong of [
      { name: 5 },
      { daemon: 'yes' },
      { execArgv: '--flag' },
      { execArgv: [1] },
      kind.pick({ resourceLimits: 5 }, { stdio: 'loud' }),
      kind.pick({ resourceLimits: { stackSizeMb: -1 } }, { stdio: ['pipe'] }),
      kind.pick({ daemon: 1 }, { cwd: new URL('http://example.org') }),
      kind.pick({ daemon: null }, { env: 'A=1' }),
      kind.pick({ daemon: null }, { context: 'fork' }),
    ]) {
      assert.throws(() => new Worker(wrong as never), code('WRONG_OPTION'), inspect(wrong))
    }
    assert.throws(() => new Worker({ traget: () => 1 } as never), code('UNKNOWN_OPTION'))
    assert.throws(
      () => new Worker(kind.pick({ env: {} }, { resourceLimits: {} }) as never),
      code('UNKNOWN_OPTION'),
    )
    assert.throws(() => new Worker((() => 1) as never), code('WRONG_OPTION'))
    assert.throws(() => (new Worker().authkey = 5 as never), code('WRONG_OPTION'))
  })

  test(
    'a start that fails when the worker is on its way already leaves none, and may be tried again',
    LIMIT,
    async () => {
      const worker = new Worker({ target: () => 'started' })
      const { argv } = process
      process.argv = Object.assign([...argv], { slice: undefined })
      assert.throws(() => worker.start(), TypeError)
      process.argv = argv
      assert.equal(worker.isAlive(), false)
      await nothingLeft()
      assert.equal(await worker.start().result(), 'started')
      await worker.join()
    },
  )

  test('an argument or a captured value that can not cross is refused at start, and nothing is started', () => {
    const before = activeChildren().length + activeThreads().length
    const held = Promise.resolve()
    const worker = new Worker({ target: (x: unknown) => x, args: [Promise.resolve()] })
    assert.throws(() => worker.start(), code('CANNOT_CLONE'))
    assert.equal(worker.isAlive(), false)
    assert.throws(() => new Worker({ target: () => held }).start(), /held/)
    assert.equal(activeChildren().length + activeThreads().length, before)
  })

  test('without a target it starts, does nothing and ends with 0', LIMIT, async () => {
    const worker = new Worker().start()
    assert.equal(await worker.result(), undefined)
    await worker.join()
    assert.equal(worker.exitCode, 0)
  })

  test('it shows its class, name, number and state', LIMIT, async () => {
    const worker = new Worker({ target: waitForEver, name: 'shown', daemon: true })
    const noun = kind.pick('Thread', 'Process')
    assert.equal(inspect(worker), `<${noun} name='shown' initial daemon>`)
    worker.start()
    assert.equal(inspect(worker), `<${noun} name='shown' pid=${worker.pid} started daemon>`)
    worker.kill()
    await worker.join()
    assert.equal(inspect(worker), `<${noun} name='shown' pid=${worker.pid} stopped exitCode=-9 daemon>`)
    worker.close()
    assert.match(inspect(worker), /closed/)
  })

  test('what was started here is controlled here alone', LIMIT, async () => {
    const worker = new Worker({ target: waitForEver, name: 'mine' }).start()
    const other = new Worker({
      target: async (it: Process) => {
        const codes: unknown[] = [it.name, typeof it.pid]
        for (const call of ['start', 'terminate', 'kill', 'isAlive'] as const) {
          try {
            it[call]()
          } catch (error) {
            codes.push((error as { code: string }).code)
          }
        }
        await it.join().catch((error: { code: string }) => codes.push(error.code))
        return codes
      },
      args: [worker as never],
    }).start()
    assert.deepEqual(await other.result(), ['mine', 'number', ...Array(5).fill('NOT_MY_CHILD')])
    assert.equal(worker.isAlive(), true)
    worker.terminate()
    await Promise.all([worker.join(), other.join()])
  })

  test('one that was not started, sent as a value, is nobody', LIMIT, async () => {
    const guest = new Worker({ target: () => 1, name: 'guest' })
    const host = new Worker({
      name: 'host',
      target: (it: Thread) => {
        const names = [currentThread().name, currentProcess().name]
        const codes = [() => it.start(), () => it.isAlive()].map(call => {
          try {
            return call()
          } catch (error) {
            return (error as { code: string }).code
          }
        })
        return { names, codes, shown: String(it), again: it }
      },
      args: [guest as never],
    }).start()
    const { names, codes, shown, again } = await host.result()
    assert.deepEqual(names, kind.pick(['host', 'MainProcess'], ['MainThread', 'host']))
    assert.deepEqual(codes, ['NOT_MY_CHILD', 'NOT_MY_CHILD'])
    const text = kind.pick(`<Thread name='guest' initial>`, `<Process name='guest' initial>`)
    assert.deepEqual([shown, String(again)], [text, text])
    assert.deepEqual([currentThread().name, currentProcess().name], ['MainThread', 'MainProcess'])
    assert.equal(await guest.start().result(), 1)
    await Promise.all([host.join(), guest.join()])
  })

  test('children inherit the key and options; an own one is kept', LIMIT, async () => {
    const key = currentProcess().authkey
    const target = (): Uint8Array => currentProcess().authkey
    const [plain, own] = [new Worker({ target }), new Worker({ target })]
    own.authkey = new Uint8Array([1, 2, 3])
    assert.deepEqual(Buffer.from(await plain.start().result()), Buffer.from(key))
    assert.deepEqual(Buffer.from(await own.start().result()), Buffer.from([1, 2, 3]))
    await Promise.all([plain.join(), own.join()])
  })

  test('values come back as what they were', LIMIT, async () => {
    const target = (): unknown => [
      new Map([[{ a: 1 }, new Set([1n])]]),
      new Date(0),
      /x/g,
      new URL('https://example.org/'),
      Buffer.from('abc'),
      new Float64Array([1.5]),
      undefined,
      Number.NaN,
      -0,
      new RangeError('as a value'),
    ]
    const worker = new Worker({ target }).start()
    assert.deepEqual(await worker.result(), target())
    await worker.join()
  })
})

test('stdio: streams of a process, in and out', LIMIT, async () => {
  const target = async (): Promise<string> => {
    const { text } = await import('node:stream/consumers')
    const input = await text(process.stdin)
    process.stdout.write(`out ${input}`)
    process.stderr.write(`err ${input}`)
    return input
  }
  assert.equal(new Process({ target, stdio: 'pipe' }).stdin, null)
  const child = new Process({ target, stdio: 'pipe' }).start()
  const { text } = await import('node:stream/consumers')
  child.stdin?.end('words')
  const [out, err] = await Promise.all([text(child.stdout as never), text(child.stderr as never)])
  assert.deepEqual([out, err, await child.result()], ['out words', 'err words', 'words'])
  await child.join()
})

test('stdio: ignored and inherited, one by one', LIMIT, async () => {
  const { stdout, stderr } = await runProgram(`
    import { Process } from 'manycore'
    const say = () => { console.log('out'); console.error('err') }
    for (const stdio of ['inherit', 'ignore', ['ignore', 'inherit', 'ignore'], ['ignore', 'ignore', 'inherit'], undefined]) {
      await new Process({ target: say, stdio }).start().join()
    }`)
  assert.equal(stdout, 'out\n'.repeat(3))
  assert.equal(stderr, 'err\n'.repeat(3))
})

test('env, cwd and execArgv', LIMIT, async () => {
  const look = (): unknown[] => [process.env['ONLY'], process.env['PATH'], process.cwd(), process.execArgv]
  const folder = realpathSync(tmpdir())
  for (const cwd of [folder, pathToFileURL(folder)]) {
    const child = new Process({ target: look, env: { ONLY: 'me' }, cwd, execArgv: ['--no-warnings'] }).start()
    assert.deepEqual(await child.result(), ['me', undefined, folder, ['--no-warnings']])
    await child.join()
  }
})

test(
  'a start that the system refuses is refused at once, with the reason, and leaves nothing',
  LIMIT,
  async () => {
    const refused = (reason: RegExp, cwd?: string): void => {
      const child = new Process({ target: () => 1, cwd })
      assert.throws(
        () => child.start(),
        ({ code: errorCode, message }: ManycoreError) => {
          assert.equal(errorCode, 'WORKER_START_FAILED')
          assert.match(message, reason)
          return true
        },
      )
      assert.equal(child.pid, undefined)
    }
    refused(/no such file or directory.*no such folder/, join(tmpdir(), 'no such folder'))
    try {
      setExecutable(join(tmpdir(), 'no such node'))
      refused(/no such file or directory.*no such node/)
      assert.throws(() => new Pool(1), code('WORKER_START_FAILED'))
      setExecutable('no-such-node')
      refused(/there is no no-such-node in the PATH/)
    } finally {
      setExecutable(undefined)
    }
    const child = new Process({ target: () => 'starts', cwd: tmpdir() }).start()
    assert.equal(await child.result(), 'starts')
    await child.join()
  },
)

test('a Node that does not know an option says so', LIMIT, async () => {
  const child = new Process({
    target: () => 1,
    execArgv: ['--no-such-option'],
    stdio: ['ignore', 'ignore', 'pipe'],
  }).start()
  await assert.rejects(child.result(), (error: unknown) => {
    const { code: errorCode, exitCode, stderr } = error as { code: string; exitCode: number; stderr: string }
    assert.deepEqual([errorCode, exitCode], ['WORKER_DIED', 9])
    assert.match(stderr, /no-such-option/)
    return true
  })
  assert.throws(
    () => new Thread({ target: () => 1, execArgv: ['--no-such-option'] }).start(),
    code('WORKER_START_FAILED'),
  )
  await child.join()
})

const CLOCK = `
  export class Clock extends Base {
    ticks = []
    constructor(ms) { super({ name: 'clock', target: n => n * 2, args: [21] }); this.ms = ms }
    async run() {
      await new Promise(resolve => setTimeout(resolve, this.ms))
      this.ticks.push('tick')
      return [this.name, this.pid === process.pid, this instanceof Clock, this.ms, this.ticks, super.run(), this.isAlive(), this === current()]
    }
  }`
for (const kind of ['Process', 'Thread']) {
  const uses = `import { ${kind} as Base, current${kind} as current } from 'manycore'`
  const run = `
    const clock = new Clock(5).start()
    console.log(JSON.stringify(await clock.result()))
    await clock.join()
    console.log(clock.exitCode, clock.ticks.length)`
  const expected = `${JSON.stringify(['clock', true, true, 5, ['tick'], 42, true, true])}\n0 0\n`

  test(`a subclass of ${kind} in the entry script`, LIMIT, async () => {
    const { stdout, stderr } = await runProgram(`${uses}\n${CLOCK.replace('export', '')}\n${run}`)
    assert.equal(stdout, expected, stderr)
  })

  test(`a subclass of ${kind} in a module`, LIMIT, async () => {
    const { stdout, stderr } = await runProgram(`import { Clock } from './clock.mjs'\n${run}`, {
      files: { 'clock.mjs': `${uses}\n${CLOCK}` },
    })
    assert.equal(stdout, expected, stderr)
  })
}

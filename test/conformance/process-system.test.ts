import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import * as manycore from 'manycore'
import {
  activeChildren,
  getAllStartMethods,
  getContext,
  getStartMethod,
  parentProcess,
  Process,
  setExecutable,
  setStartMethod,
} from 'manycore'
import { deadline, eachKind, everyFew, isAlive, nothingLeft, runProgram, tempDir } from '../support/index.ts'
import { code, LIMIT, waitForEver, written } from '../worker/support.ts'

const LINUX_ONLY = process.platform === 'linux' ? false : 'looks into /proc'

afterEach(() => nothingLeft())

test('C2 children are started with another executable, given as text or as a URL', LIMIT, async () => {
  const other = join(tempDir().path, 'other-node')
  symlinkSync(process.execPath, other)
  try {
    for (const path of [other, pathToFileURL(other)]) {
      setExecutable(path)
      const child = new Process({ target: () => process.argv0 }).start()
      assert.equal(await child.result(), other)
      await child.join()
      assert.equal(child.exitCode, 0)
    }
    assert.throws(() => setExecutable(3 as never), code('WRONG_OPTION'))
    setExecutable('/no/such/node')
    assert.throws(() => new Process({ target: () => 1 }).start(), code('WORKER_START_FAILED'))
  } finally {
    setExecutable(undefined)
  }
})

test('C6 a grandchild sees its parent alive, and notices when that parent is terminated', LIMIT, async () => {
  const folder = tempDir()
  const [before, after] = ['before', 'after'].map(name => join(folder.path, name)) as [string, string]
  const grandchild = async (): Promise<void> => {
    const { writeFileSync } = await import('node:fs')
    process.on('SIGTERM', () => {}) // It stays to tell what it saw.
    const parent = parentProcess()
    writeFileSync(before, `${parent?.name} ${parent?.isAlive()}`)
    const gone = await parent?.join()
    writeFileSync(after, `${gone} ${parent?.isAlive()}`)
    process.exit()
  }
  const child = async (): Promise<void> => {
    await new Process({ target: grandchild }).start().join()
  }
  const middle = new Process({ target: child, name: 'middle' }).start()
  assert.equal(await written(before), 'middle true')
  middle.terminate()
  assert.equal(await deadline(written(after), 10_000, 'the grandchild'), 'true false')
  await middle.join()
})

test('C18 the target and its arguments are let go of after start', LIMIT, async () => {
  const program = `
    import { Process, Thread } from 'manycore'
    import { setTimeout as sleep } from 'node:timers/promises'
    for (const Kind of [Process, Thread]) {
      let worker
      const kept = (() => {
        const target = given => given.length
        const big = [1, 2, 3]
        worker = new Kind({ target, args: [big] }).start()
        return [new WeakRef(target), new WeakRef(big)]
      })()
      await worker.join()
      for (let i = 0; i < 50 && kept.some(ref => ref.deref()); i++) { await sleep(10); gc() }
      console.log(Kind.name, worker.name !== '', kept.map(ref => ref.deref() === undefined).join())
    }`
  const { stdout, stderr } = await runProgram(program, { execArgv: ['--expose-gc'] })
  assert.equal(stdout, 'Process true true,true\nThread true true,true\n', stderr)
})

test("C19 a child's open files don't grow with the number of its siblings", {
  ...LIMIT,
  skip: LINUX_ONLY,
}, async () => {
  const count = async (): Promise<number> => (await import('node:fs')).readdirSync('/proc/self/fd').length
  const first = new Process({ target: count }).start()
  const alone = await first.result()
  await first.join()
  const siblings = Array.from({ length: 3 }, () => new Process({ target: waitForEver }).start())
  const last = new Process({ target: count }).start()
  assert.equal(await last.result(), alone)
  for (const sibling of siblings) sibling.kill()
  await Promise.all([last, ...siblings].map(worker => worker.join()))
})

test("C21 children work though the parent's stdout and stderr are closed", {
  ...LIMIT,
  skip: LINUX_ONLY,
}, async () => {
  const folder = tempDir()
  const out = join(folder.path, 'out')
  folder.write(
    'main.mjs',
    `import { Process, Thread } from ${JSON.stringify(import.meta.resolve('manycore'))}
     import { writeFileSync } from 'node:fs'
     const codes = []
     for (const Kind of [Process, Thread]) {
       const loud = new Kind({ target: () => { console.log('out'); console.error('err'); return 1 } }).start()
       const fails = new Kind({ target: () => { throw new Error('printed nowhere') } }).start()
       const outcomes = await Promise.allSettled([loud.result(), fails.result()])
       await loud.join(); await fails.join()
       codes.push(loud.exitCode, fails.exitCode, outcomes[0].value, outcomes[1].reason.message)
     }
     writeFileSync(${JSON.stringify(out)}, JSON.stringify(codes))`,
  )
  const expected = JSON.stringify([0, 1, 1, 'printed nowhere', 0, 1, 1, 'printed nowhere'])
  const closings = ['>&- 2>&-', '2>&-', '2>&1 | true', '>/dev/full 2>/dev/full']
  for (const how of everyFew(closings, 0, 2)) {
    folder.write('out', '')
    const shell = spawn('sh', ['-c', `"$0" main.mjs ${how}`, process.execPath], {
      cwd: folder.path,
      stdio: 'ignore',
    })
    const exited = once(shell, 'exit')
    const text = await deadline(written(out), 10_000, `the program with ${how}`)
    assert.equal(text, expected, how)
    await exited
  }
})

test('C21 a child may break its own stdout and stderr', LIMIT, async () => {
  const target = async (): Promise<string> => {
    const { closeSync } = await import('node:fs')
    process.stdout.destroy()
    process.stderr.destroy()
    try {
      closeSync(1)
      closeSync(2)
    } catch {
      // Then they were closed with their streams.
    }
    return 'quiet'
  }
  const child = new Process({ target }).start()
  assert.equal(await child.result(), 'quiet')
  await child.join()
  assert.equal(child.exitCode, 0)
})

test('C23 a subclass with state of its own runs its own run() in the child', LIMIT, async () => {
  class UpperCaser extends Process<[], string[]> {
    readonly words: string[]
    #secret = 0

    constructor(words: string[]) {
      super({ name: 'caser' })
      this.words = words
    }

    override async run(): Promise<unknown> {
      await new Promise(resolve => setTimeout(resolve, 1))
      return [this.name, String(this.pid === process.pid), ...this.words.map(word => this.upper(word))]
    }

    upper(word: string): string {
      return word.toUpperCase()
    }

    count(): number {
      return ++this.#secret
    }
  }
  const caser = new UpperCaser(['a', 'b'])
  assert.equal(caser.count(), 1)
  caser.start()
  assert.deepEqual(await caser.result(), ['caser', 'true', 'A', 'B'])
  await caser.join()
  assert.equal(caser.exitCode, 0)
})

test('C145 every exported name exists', LIMIT, () => {
  for (const [name, value] of Object.entries(manycore)) assert.notEqual(value, undefined, name)
  assert.ok(Object.keys(manycore).length > 30)
})

eachKind(kind => {
  const { Worker, Pool } = kind

  test(
    'C20 a worker waits for its non-daemon threads before it ends, and not for daemon ones',
    LIMIT,
    async () => {
      const file = join(tempDir().path, 'late')
      const late = async (): Promise<void> => {
        await new Promise(resolve => setTimeout(resolve, 200))
        const { writeFileSync } = await import('node:fs')
        writeFileSync(file, 'written')
      }
      const target = (): string => {
        new manycore.Thread({ target: late }).start()
        new manycore.Thread({ target: waitForEver, daemon: true }).start()
        return 'first'
      }
      const worker = new Worker({ target }).start()
      assert.equal(await worker.result(), 'first')
      await deadline(worker.join(), 10_000, 'the end of a worker with threads')
      assert.equal(worker.exitCode, 0)
      assert.equal(await written(file), 'written')
    },
  )

  test('C20 it waits for them after an error too', LIMIT, async () => {
    const file = join(tempDir().path, 'late')
    const late = async (): Promise<void> => {
      await new Promise(resolve => setTimeout(resolve, 200))
      const { writeFileSync } = await import('node:fs')
      writeFileSync(file, 'written')
    }
    const target = (): never => {
      new manycore.Thread({ target: late }).start()
      throw new manycore.SystemExit(3)
    }
    const worker = new Worker({ target }).start()
    await assert.rejects(worker.result(), manycore.SystemExit)
    await deadline(worker.join(), 10_000, 'the end of a worker with threads')
    assert.equal(worker.exitCode, 3)
    assert.equal(await written(file), 'written')
  })

  test(
    'C143 C245 exit handlers registered in a worker run once, in their order, before it ends',
    LIMIT,
    async () => {
      const file = join(tempDir().path, 'order')
      const target = async (): Promise<string> => {
        const { appendFileSync } = await import('node:fs')
        for (const name of ['one', 'two'])
          process.on('exit', exit => appendFileSync(file, `${name} ${exit};`))
        return 'ok'
      }
      const worker = new Worker({ target }).start()
      assert.equal(await worker.result(), 'ok')
      await worker.join()
      assert.equal(readFileSync(file, 'utf8'), 'one 0;two 0;')
    },
  )

  test('C141 what is to be done at the end is done once, also after an error', LIMIT, async () => {
    const file = join(tempDir().path, 'order')
    const target = async (): Promise<never> => {
      const { appendFileSync } = await import('node:fs')
      process.on('exit', exit => appendFileSync(file, `exit ${exit};`))
      throw new manycore.SystemExit(4)
    }
    const worker = new Worker({ target }).start()
    await assert.rejects(worker.result(), manycore.SystemExit)
    await worker.join()
    assert.equal(readFileSync(file, 'utf8'), 'exit 4;')
    assert.equal(worker.exitCode, 4)
  })

  test('C146 signals during a wait and a transfer do not break them', LIMIT, async () => {
    let heard = 0
    const listener = (): number => ++heard
    process.on('SIGWINCH', listener)
    const worker = new Worker({
      target: async (bytes: Uint8Array) => {
        await new Promise(resolve => setTimeout(resolve, 100))
        return bytes
      },
      args: [new Uint8Array(5_000_000).fill(3)],
    }).start()
    const knock = setInterval(() => process.kill(process.pid, 'SIGWINCH'), 1)
    try {
      const joined = worker.join()
      assert.equal((await worker.result()).length, 5_000_000)
      assert.equal(await joined, true)
    } finally {
      clearInterval(knock)
      process.off('SIGWINCH', listener)
    }
    assert.ok(heard > 0)
  })

  test('C150 a pool works in a child whose stdin is closed', LIMIT, async () => {
    const target = async (): Promise<number[]> => {
      process.stdin.destroy()
      const pool = new Pool(1)
      const squares = await pool.map((n: number) => n * n, [1, 2, 3])
      await pool.terminate()
      return squares
    }
    const child = new Process({ target }).start()
    assert.deepEqual(await child.result(), [1, 4, 9])
    await child.join()
    assert.equal(child.exitCode, 0)
  })

  test('C164 modules loaded in advance are there in children', LIMIT, async () => {
    const folder = tempDir()
    const advance = folder.write(
      'advance.mjs',
      'globalThis.inAdvance = [...(globalThis.inAdvance ?? []), "import"]',
    )
    const required = folder.write(
      'advance.cjs',
      'globalThis.inAdvance = [...(globalThis.inAdvance ?? []), "require"]',
    )
    const worker = new Worker({
      target: () => (globalThis as { inAdvance?: string[] }).inAdvance,
      execArgv: ['--require', required, '--import', pathToFileURL(advance).href],
    }).start()
    assert.deepEqual(await worker.result(), ['require', 'import'])
    await worker.join()
  })
})

test('C147 a child that closes its own channels gives an error, not a hang or a crash', LIMIT, async () => {
  const target = async (): Promise<void> => {
    const { closeSync } = await import('node:fs')
    for (const fd of [3, 4, 5]) closeSync(fd)
    await new Promise(resolve => setTimeout(resolve, 60_000))
  }
  const child = new Process({ target, stdio: 'ignore' }).start()
  await assert.rejects(deadline(child.result(), 10_000, 'the result'), code('WORKER_DIED'))
  await child.join()
  assert.equal(isAlive(child.pid as number), false)
})

test("C158 options of the parent's Node reach its children", LIMIT, async () => {
  const program = `
    import { Process, Thread } from 'manycore'
    const look = () => [process.execArgv.includes('--stack-trace-limit=7'), Error.stackTraceLimit, process.env.NODE_OPTIONS, process.argv.slice(2)]
    for (const Kind of [Process, Thread]) {
      const worker = new Kind({ target: look }).start()
      console.log(JSON.stringify(await worker.result()))
      const grand = new Kind({ target: async () => { const p = new Kind({ target: look }).start(); return p.result() } }).start()
      console.log(JSON.stringify(await grand.result()))
    }`
  const { stdout, stderr } = await runProgram(program, {
    execArgv: ['--stack-trace-limit=7'],
    env: { NODE_OPTIONS: '--no-deprecation' },
    args: ['one', '--two'],
  })
  const line = `${JSON.stringify([true, 7, '--no-deprecation', ['one', '--two']])}\n`
  assert.equal(stdout, line.repeat(4), stderr)
})

test('C160 each context names its method; a child reports the same', LIMIT, async () => {
  for (const method of getAllStartMethods()) {
    const context = getContext(method)
    assert.equal(context.getStartMethod(), method)
    assert.equal(context.getContext(), context)
    assert.throws(() => context.setStartMethod('spawn'), code('CONTEXT_ALREADY_SET'))
    const child = context.Process({ target: getStartMethod }).start()
    assert.equal(await child.result(), method)
    await child.join()
  }
  assert.throws(() => getContext('fork' as never), code('WRONG_OPTION'))
})

test('C161 the first of all methods is the default, and can be set once', LIMIT, async () => {
  const { stdout, stderr } = await runProgram(`
    import { getAllStartMethods, getStartMethod, setStartMethod } from 'manycore'
    console.log(getStartMethod() === getAllStartMethods()[0])
    setStartMethod('spawn')
    try { setStartMethod('warm') } catch (error) { console.log(error.code) }
    console.log(getStartMethod())`)
  assert.equal(stdout, 'true\nCONTEXT_ALREADY_SET\nspawn\n', stderr)
})

test('C161 the default method can be set again by force', LIMIT, () => {
  const before = getStartMethod()
  for (const method of getAllStartMethods()) {
    setStartMethod(method, { force: true })
    assert.equal(getStartMethod(), method)
    assert.throws(() => setStartMethod(method), code('CONTEXT_ALREADY_SET'))
  }
  assert.throws(() => setStartMethod('fork' as never, { force: true }), code('WRONG_OPTION'))
  setStartMethod(before, { force: true })
})

test('C162 memory that only threads share is refused by a process, at the call', LIMIT, () => {
  const shared = new SharedArrayBuffer(8)
  const before = activeChildren().length
  assert.throws(
    () => new Process({ target: () => 1, args: [shared] } as never).start(),
    code('CANNOT_SHARE_WITH_PROCESS'),
  )
  assert.throws(() => new Process({ target: () => shared.byteLength }).start())
  assert.equal(activeChildren().length, before)
})

test('C165 a child inherits no unrelated sockets', { ...LIMIT, skip: LINUX_ONLY }, async () => {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const client = connect((server.address() as { port: number }).port)
  await once(client, 'connect')
  const mine = new Set(socketsOf(process.pid))
  const child = new Process({ target: waitForEver }).start()
  await child.join({ timeout: 300 })
  const shared = socketsOf(child.pid as number).filter(socket => mine.has(socket))
  assert.deepEqual(shared, [])
  child.kill()
  client.destroy()
  server.close()
  await child.join()
})

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`
  const { readlinkSync } = process.getBuiltinModule('node:fs')
  // The first three are the program's own, and handed on.
  return readdirSync(folder)
    .filter(fd => Number(fd) > 2)
    .map(fd => {
      try {
        return readlinkSync(join(folder, fd))
      } catch {
        return ''
      }
    })
    .filter(target => target.startsWith('socket:'))
}

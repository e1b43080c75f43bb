import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, rmdirSync, truncateSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { SharedMemory } from 'manycore'
import {
  deadline,
  eachKind,
  findTool,
  leaks,
  noNativeCode,
  runProgram,
  startProgram,
} from '../support/index.ts'
import { pythons, runPython } from './pythons.ts'

const linux = process.platform === 'linux'
const LIBRARY = new URL('../../lib/index.js', import.meta.url).href

/** Of this test run. */
const mine = (suffix: string): string => `mc_test_${process.pid}_${suffix}`
const there = (name: string): boolean => existsSync(`/dev/shm/${name}`)

describe('SharedMemory', { skip: linux ? noNativeCode() : 'Linux only' }, () => {
  after(() => {
    assert.deepEqual(
      readdirSync('/dev/shm').filter(name => name.startsWith(mine(''))),
      [],
      'no name is left',
    )
  })

  test('C128 names that the system does not take are refused', () => {
    for (const name of ['a\0b', 'a/b', '', '.', '..', 'x'.repeat(256), 7]) {
      for (const create of [true, false]) {
        assert.throws(() => new SharedMemory({ name: name as string, create, size: 10 }), {
          code: 'WRONG_OPTION',
        })
      }
    }
  })

  test('C129 made, attached by name, the same bytes in both; text form', { timeout: 30_000 }, () => {
    const one = new SharedMemory({ name: mine('a'), create: true, size: 512 })
    one.buf[0] = 42
    const two = new SharedMemory({ name: mine('a'), size: 7 })
    assert.equal(two.size, 512)
    assert.equal(two.buf[0], 42)
    two.buf.write('hello', 10)
    assert.equal(one.buf.toString('latin1', 10, 15), 'hello')
    assert.match(String(one), new RegExp(`${mine('a')}.*512`))
    two.close()
    assert.equal(one.buf[0], 42)
    assert.throws(() => two.buf, { code: 'MEMORY_CLOSED' })
    two.close()
    const three = new SharedMemory({ name: mine('a') })
    assert.equal(three.buf[0], 42)
    three.close()
    one.close()
    assert.equal(there(mine('a')), true)
    one.unlink()
    assert.equal(there(mine('a')), false)
  })

  test('C130 wrong sizes, missing and existing names, a second unlink', { timeout: 30_000 }, () => {
    for (const size of [0, -1, 1.5, Number.NaN, undefined, '10', 2n]) {
      assert.throws(() => new SharedMemory({ create: true, size: size as number }), { code: 'WRONG_OPTION' })
    }
    assert.throws(() => new SharedMemory({}), { code: 'WRONG_OPTION' })
    assert.throws(() => new SharedMemory(undefined as never), { code: 'WRONG_OPTION' })
    assert.throws(() => new SharedMemory({ track: true } as never), { code: 'UNKNOWN_OPTION' })
    assert.throws(() => new SharedMemory({ name: mine('none') }), { code: 'MEMORY_NAME_UNKNOWN' })
    const memory = new SharedMemory({ name: mine('b'), create: true, size: 1 })
    assert.throws(() => new SharedMemory({ name: mine('b'), create: true, size: 1 }), {
      code: 'MEMORY_NAME_EXISTS',
    })
    memory.unlink()
    assert.throws(() => memory.unlink(), { code: 'MEMORY_NAME_UNKNOWN' })
    assert.throws(() => new SharedMemory({ name: mine('b') }), { code: 'MEMORY_NAME_UNKNOWN' })
    assert.equal(memory.buf.length, 1)
    memory.close()
  })

  test('what the system refuses is said, and what to look at', () => {
    const name = mine('folder')
    mkdirSync(`/dev/shm/${name}`)
    try {
      assert.throws(() => new SharedMemory({ name }), {
        code: 'MEMORY_REFUSED',
        message: new RegExp(
          `^the shared memory '${name}' could not be opened: the system says EISDIR\\n .*same user`,
        ),
      })
    } finally {
      rmdirSync(`/dev/shm/${name}`)
    }
  })

  test('C131 names of its own never collide', { timeout: 30_000 }, () => {
    const { random } = Math
    // The same "random" numbers twice.
    const numbers = [0.123, 0.123, 0.5]
    Math.random = () => numbers.shift() ?? random()
    try {
      const one = new SharedMemory({ create: true, size: 1 })
      const two = new SharedMemory({ create: true, size: 1 })
      assert.notEqual(one.name, two.name)
      for (const memory of [one, two]) {
        memory.close()
        memory.unlink()
      }
    } finally {
      Math.random = random
    }
  })

  test('more than there is', { timeout: 30_000 }, () => {
    assert.throws(() => new SharedMemory({ name: mine('huge'), create: true, size: 2 ** 50 }), {
      code: 'MEMORY_FULL',
    })
    assert.equal(there(mine('huge')), false)
  })

  test('what somebody cuts is an error where it can be seen', { timeout: 30_000 }, async () => {
    const { ShareableList } = await import('manycore')
    const list = new ShareableList(['a', 1], { name: mine('cut') })
    truncateSync(`/dev/shm/${mine('cut')}`, 0)
    assert.throws(() => list.get(0), { code: 'MEMORY_GONE' })
    assert.throws(() => list.set(0, 'b'), { code: 'MEMORY_GONE' })
    list.shm.close()
    list.shm.unlink()
  })

  eachKind(({ Worker, Pool, name: kind }) => {
    test('C132 it travels as a handle to the same memory', { timeout: 30_000 }, async () => {
      const memory = new SharedMemory({ name: mine(`c-${kind}`), create: true, size: 100 })
      await using pool = new Pool(1)
      await pool.apply(
        (shared: SharedMemory) => {
          shared.buf[3] = 77
          shared.close()
        },
        [memory],
      )
      assert.equal(memory.buf[3], 77)
      // Unlike Python's, a handle is the memory itself: it needs no name.
      memory.unlink()
      assert.equal(await pool.apply((shared: SharedMemory) => shared.buf[3], [memory]), 77)
      assert.equal(await pool.apply((shared: SharedMemory) => shared.name, [memory]), mine(`c-${kind}`))
      memory.close()
      await assert.rejects(async () => pool.apply((shared: SharedMemory) => shared.size, [memory]), {
        code: 'MEMORY_CLOSED',
      })
    })

    test('C133 a child writes by name or by handle, the parent sees it', { timeout: 30_000 }, async () => {
      const memory = new SharedMemory({ name: mine(`d-${kind}`), create: true, size: 100 })
      const child = new Worker({
        target: (shared: SharedMemory) => {
          shared.buf.write('handle', 0)
          const again = new SharedMemory({ name: shared.name })
          again.buf.write('name', 50)
          again.close()
        },
        args: [memory],
      })
      child.start()
      await child.join()
      assert.equal(child.exitCode, 0)
      assert.equal(memory.buf.toString('latin1', 0, 6), 'handle')
      assert.equal(memory.buf.toString('latin1', 50, 54), 'name')
      memory.close()
      memory.unlink()
    })
  })

  test('C139 what a killed program leaves is removed by the next, with a warning that names it', {
    timeout: 30_000,
  }, async () => {
    const program = startProgram(`
      import { SharedMemory } from '${LIBRARY}'
      globalThis.kept = new SharedMemory({ name: '${mine('killed')}', create: true, size: 1000 })
      console.log('made')
      setInterval(() => {}, 1000)
    `)
    await deadline(program.line(/made/), 10_000, 'the memory')
    assert.equal(there(mine('killed')), true)
    process.kill(program.pid, 'SIGKILL')
    await program.done
    assert.equal(there(mine('killed')), true)
    const { stderr } = await runProgram(`
      import { SharedMemory } from '${LIBRARY}'
      new SharedMemory({ create: true, size: 1 })
    `)
    assert.match(stderr, new RegExp(`removed the shared memory .*${mine('killed')}`))
    assert.equal(there(mine('killed')), false)
  })

  test('C168 names that a program forgets end with it', { timeout: 30_000 }, async () => {
    const { code } = await runProgram(`
      import { SharedMemory } from '${LIBRARY}'
      new SharedMemory({ name: '${mine('forgotten')}', create: true, size: 1 }).close()
      new SharedMemory({ name: '${mine('forgotten2')}', create: true, size: 1 })
    `)
    assert.equal(code, 0)
    assert.equal(there(mine('forgotten')), false)
    assert.equal(there(mine('forgotten2')), false)
  })

  for (const Worker of ['Thread', 'Process']) {
    test(`names of a ${Worker} that is stopped go with it, but what others use stays`, {
      timeout: 30_000,
    }, async () => {
      const [name, closed, both] = ['stopped', 'closed', 'both'].map(each => mine(`${each}-${Worker}`))
      const { stdout, stderr, code } = await runProgram(`
        import { existsSync } from 'node:fs'
        import { Event, SharedMemory, ${Worker} } from '${LIBRARY}'
        const there = () => ['${name}', '${closed}', '${both}'].map(each => existsSync('/dev/shm/' + each)).join()
        const [made, swept] = [new Event(), new Event()]
        const kept = new SharedMemory({ name: '${both}', create: true, size: 9 })
        const worker = new ${Worker}({
          target: async () => {
            globalThis.kept = [new SharedMemory({ name: '${name}', create: true, size: 9 })]
            globalThis.kept.push(new SharedMemory({ name: '${both}' }))
            made.set()
            await new Promise(() => setInterval(() => {}, 1000))
          },
        }).start()
        // Another one has closed it and may open it again.
        const other = new ${Worker}({
          target: async () => {
            await made.wait()
            new SharedMemory({ name: '${closed}', create: true, size: 9 }).close()
            await swept.wait()
            new SharedMemory({ name: '${closed}' }).unlink()
          },
        }).start()
        await made.wait()
        while (there() !== 'true,true,true') await new Promise(go => setTimeout(go, 5))
        worker.kill()
        await worker.join()
        for (let i = 0; i < 100 && there() !== 'false,true,true'; i++) await new Promise(go => setTimeout(go, 5))
        console.log(there())
        swept.set()
        kept.buf[0] = 1
        await other.join()
        console.log(there(), other.exitCode)
      `)
      assert.deepEqual([stdout, stderr, code], ['false,true,true\nfalse,false,true 0\n', '', 0])
      assert.equal(there(both as string), false)
    })
  }

  test('names of threads that run when the program ends go with it', { timeout: 30_000 }, async () => {
    for (const end of ['process.exit()', '']) {
      const { code } = await runProgram(`
        import { Event, SharedMemory, Thread } from '${LIBRARY}'
        const made = new Event()
        new Thread({
          daemon: true,
          target: async () => {
            globalThis.kept = new SharedMemory({ name: '${mine('daemon')}', create: true, size: 9 })
            made.set()
            for (;;) await new Promise(go => setTimeout(go, 5))
          },
        }).start()
        await made.wait()
        ${end}
      `)
      assert.equal(code, 0)
      assert.equal(there(mine('daemon')), false)
    }
  })

  test('names of processes that outlive their program go with them', {
    timeout: 60_000,
    skip: findTool('flock') ? false : 'the watchdog needs flock',
  }, async () => {
    for (const end of [
      '',
      'process.exit()',
      "process.kill(process.pid, 'SIGTERM')",
      "process.kill(process.pid, 'SIGKILL')",
    ]) {
      await runProgram(`
        import { Event, Process, SharedMemory } from '${LIBRARY}'
        const made = new Event()
        new Process({
          daemon: ${end === ''},
          target: () => {
            globalThis.kept = new SharedMemory({ name: '${mine('orphan')}', create: true, size: 9 })
            made.set()
            for (;;);
          },
        }).start()
        await made.wait()
        ${end}
        ${end && 'await new Promise(() => {})'}
      `)
      for (let i = 0; i < 1000 && there(mine('orphan')); i++) await new Promise(go => setTimeout(go, 10))
      assert.equal(there(mine('orphan')), false, end)
    }
  })

  test('C169 no process of its own looks after the names', { timeout: 30_000 }, () => {
    const memory = new SharedMemory({ create: true, size: 10 })
    assert.deepEqual(leaks(), [])
    memory.close()
    memory.unlink()
  })

  test('C170 names that are too long are refused, the longest is not', { timeout: 30_000 }, () => {
    const name = mine('').padEnd(255, 'x')
    assert.throws(() => new SharedMemory({ name: `${name}x`, create: true, size: 10 }), {
      code: 'WRONG_OPTION',
    })
    const memory = new SharedMemory({ name, create: true, size: 10 })
    memory.close()
    memory.unlink()
  })

  test('C140 a program that only attaches leaves the name alone', { timeout: 30_000 }, async () => {
    const memory = new SharedMemory({ name: mine('e'), create: true, size: 10 })
    const { code } = await runProgram(`
      import { SharedMemory } from '${LIBRARY}'
      const memory = new SharedMemory({ name: '${mine('e')}' })
      memory.buf[0] = 5
    `)
    assert.equal(code, 0)
    assert.equal(there(mine('e')), true)
    assert.equal(memory.buf[0], 5)
    memory.close()
    memory.unlink()
  })

  const found = pythons()
  test('a Python is there', {
    skip: found.length > 0 ? false : 'no python3 of 3.9 or later was found',
  }, () => {})
  for (const python of found) {
    test(`Python ${python.version.join('.')}: attached, both ways`, { timeout: 40_000 }, () => {
      const memory = new SharedMemory({ name: mine('py'), create: true, size: 20 })
      memory.buf.write('from node')
      const said = runPython(
        python,
        `
memory = attach('${mine('py')}')
print(bytes(memory.buf[:9]).decode(), memory.size)
memory.buf[10:16] = b'python'
memory.close()
`,
      )
      assert.equal(said, 'from node 20')
      assert.equal(memory.buf.toString('latin1', 10, 16), 'python')
      memory.close()
      memory.unlink()

      runPython(
        python,
        `
memory = shared_memory.SharedMemory(name='${mine('py2')}', create=True, size=30)
resource_tracker.unregister(memory._name, 'shared_memory')
memory.buf[:5] = b'hello'
memory.close()
`,
      )
      const theirs = new SharedMemory({ name: mine('py2') })
      assert.equal(theirs.size, 30)
      assert.equal(theirs.buf.toString('latin1', 0, 5), 'hello')
      theirs.close()
      theirs.unlink()
    })
  }
})

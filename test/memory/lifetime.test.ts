import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readlinkSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { deadline, findTool, noNativeCode, rounds, runProgram } from '../support/index.ts'
import { startProcess, startThread } from './sides.ts'
import { Box } from './support.ts'

const WORK = new URL('work.js', import.meta.url).href
const MEMORY = new URL('../../src/memory/index.js', import.meta.url).href
const SUPPORT = new URL('support.js', import.meta.url).href
const CODEC = new URL('../../src/codec/index.js', import.meta.url).href

const linux = { skip: process.platform === 'linux' ? noNativeCode() : 'Linux only' }

test('more short-lived cells than an arena has room for, some of them sent, fit into one arena', {
  timeout: 60_000,
  ...linux,
}, async () => {
  const { stdout, code, stderr } = await runProgram(
    `
    import { Box } from '${SUPPORT}'
    import { pack, unpack } from '${CODEC}'
    let arena
    for (let i = 0; i < 140_000; i++) {
      const box = Box.make()
      arena ??= box.cell.arena
      if (box.cell.arena !== arena) throw new Error('another arena was needed')
      if (i % 100 === 0) unpack(structuredClone(pack(box, { path: 'box', can: { share: false, transfer: false } })))
      if (i % 5000 === 4999) { gc(); await new Promise(resolve => setTimeout(resolve, 1)) }
    }
    for (let i = 0; i < 10; i++) { gc(); await new Promise(resolve => setTimeout(resolve, 5)) }
    console.log(arena.sweep() < 100)
  `,
    { execArgv: ['--expose-gc'], timeout: 50_000 },
  )
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.equal(stdout.trim(), 'true')
})

test('more cells than an arena has room for, held all at once', { timeout: 60_000, ...linux }, async () => {
  const { stdout, stderr } = await runProgram(
    `
    import { allocateCell } from '${MEMORY}'
    const cells = Array.from({ length: 140_000 }, () => allocateCell())
    cells.forEach((cell, i) => cell.cells.store(0, i))
    console.log(new Set(cells.map(cell => cell.arena)).size, cells.every((cell, i) => cell.cells.load(0) === i))
  `,
    { timeout: 50_000 },
  )
  assert.equal(stderr, '')
  assert.equal(stdout.trim(), '2 true')
})

test('an arena that stays full is not swept for each cell', { timeout: 60_000, ...linux }, async () => {
  const { stdout, stderr } = await runProgram(
    `
    import { allocateCell } from '${MEMORY}'
    const held = Array.from({ length: 140_000 }, () => allocateCell())
    let sweeps = 0
    for (const arena of new Set(held.map(cell => cell.arena))) {
      const { sweep } = arena
      arena.sweep = () => (sweeps++, sweep.call(arena))
    }
    // The second arena is filled, the first has room again.
    const { arena } = held[0]
    const more = Array.from({ length: 123_000 }, () => allocateCell())
    for (const cell of held.slice(0, 1000)) arena.release(cell)
    const last = Array.from({ length: 500 }, () => allocateCell())
    console.log(sweeps < 20, more[0].arena !== arena, last.at(-1).arena === arena)
  `,
    { timeout: 50_000 },
  )
  assert.equal(stderr, '')
  assert.equal(stdout.trim(), 'true true true')
})

test('what was sent and dropped arrives; what nobody holds any more is an error', {
  timeout: 30_000,
  ...linux,
}, async () => {
  const side = startProcess()
  try {
    // Dropped as soon as it is packed.
    assert.equal(await side.call(WORK, 'read', withText('dropped'), 7), 'dropped')
    const { pack, unpack } = await import('../../src/codec/index.ts')
    const box = Box.withBytes(5000)
    const can = { share: false, transfer: false }
    const graph = structuredClone(pack(box, { path: 'box', can }))
    const again = structuredClone(graph)
    assert.equal(unpack(graph as never), box)
    const { unit, generation } = box.cell as unknown as { unit: number; generation: number }
    const arena = (box.cell as unknown as { arena: { release(cell: unknown): void } }).arena
    arena.release(box.cell)
    // Another one takes its place.
    while ((Box.make().cell as unknown as { unit: number }).unit !== unit) await sleep(0)
    assert.ok(generation > 0)
    await assert.rejects(side.call(WORK, 'unpackThere', again), { code: 'MEMORY_GONE' })
  } finally {
    await side.kill()
  }
})

function withText(text: string): Box {
  const box = Box.withBytes(3000)
  box.segment?.bytes.set(Buffer.from(text))
  return box
}

test('a process that ends right after it gave a segment away: it arrives', {
  timeout: 30_000,
  ...linux,
}, async () => {
  for (let i = 0; i < rounds(1, 10); i++) {
    const side = startProcess()
    const given = side.call(WORK, 'makeBytesAndExit', 20_000, 'last words')
    const box = (await deadline(given, 10_000, 'the segment')) as Box
    assert.equal(Buffer.from(box.segment?.bytes.subarray(0, 10) ?? []).toString(), 'last words')
    await side.kill()
  }
})

test('a process that sent a queue two seconds ago ends at once, though others send it still', {
  timeout: 60_000,
  ...linux,
}, async () => {
  // Whoever it was sent to has died before it could take it: what is underway stays so.
  const program = `
    import { Process, Queue } from 'manycore'
    const [queue, told] = [new Queue(), new Queue()]
    const sendInVain = async queue => {
      const { Process } = await import('manycore')
      const nobody = new Process({ target: queue => queue.get(), args: [queue] })
      nobody.start()
      nobody.kill()
      await nobody.join()
    }
    const worker = new Process({
      target: async (queue, told) => {
        await sendInVain(queue)
        await new Promise(resolve => setTimeout(resolve, 1500))
        await told.put('now you')
        await new Promise(resolve => setTimeout(resolve, 600))
        await told.put('done')
      },
      args: [queue, told],
    })
    worker.start()
    await told.get()
    await sendInVain(queue)
    await told.get()
    const done = performance.now()
    await worker.join()
    console.log(performance.now() - done < 1000 ? 'at once' : 'late')`
  const { stdout, stderr } = await runProgram(program)
  assert.deepEqual({ stdout, stderr }, { stdout: 'at once\n', stderr: '' })
})

test('threads and processes leave no descriptors behind', { timeout: 60_000, ...linux }, async () => {
  const box = Box.withBytes(10_000)
  const round = async (): Promise<void> => {
    for (const side of [startThread(), startProcess()]) {
      await side.call(WORK, 'write', box, 'x')
      await side.call(WORK, 'makeBytes', 5000, 'y')
      await side.kill()
    }
  }
  await round()
  await sleep(20)
  const before = descriptors()
  for (let i = 0; i < rounds(2, 5); i++) await round()
  assert.deepEqual(descriptors(), before)
})

/** Without those of segments: what came back is let go of by garbage collection, which nobody asked for. */
function descriptors(): string[] {
  return allDescriptors()
    .filter(line => !line.includes('memfd'))
    .toSorted()
}

function allDescriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap(name => {
    try {
      return [`${name} ${readlinkSync(`/proc/self/fd/${name}`)}`]
    } catch {
      return []
    }
  })
}

test('a closed segment reads as zeros, and is not sent', { timeout: 30_000, ...linux }, async () => {
  const side = startProcess()
  try {
    const box = withText('closed')
    const view = new Uint8Array(box.segment?.buffer as SharedArrayBuffer, 0, 6)
    await side.call(WORK, 'keep', box)
    assert.equal(view[0], 'c'.charCodeAt(0))
    box.segment?.close()
    assert.deepEqual([...view], [0, 0, 0, 0, 0, 0])
    view[0] = 1
    await assert.rejects(async () => side.call(WORK, 'read', box, 1), { code: 'MEMORY_CLOSED' })
    assert.equal(await side.call(WORK, 'readKept', 6), 'closed')
  } finally {
    await side.kill()
  }
})

test('segments are given back by garbage collection', { timeout: 60_000, ...linux }, async () => {
  const { stdout, stderr } = await runProgram(
    `
    import { createSegment } from '${MEMORY}'
    import { readFileSync } from 'node:fs'
    const count = () => readFileSync('/proc/self/maps', 'latin1').split('\\n').filter(line => line.includes('memfd:manycore')).length
    for (let i = 0; i < 300; i++) createSegment(100_000).bytes[0] = 1
    const most = count()
    for (let i = 0; i < 20 && count() > 5; i++) { gc(); await new Promise(resolve => setTimeout(resolve, 10)) }
    console.log(most > 5, count() <= 5)
  `,
    { execArgv: ['--expose-gc'] },
  )
  assert.equal(stderr, '')
  assert.equal(stdout.trim(), 'true true')
})

/** A /dev/shm of one MiB, for one program alone. Takes the right to mount. */
const ownMount =
  process.platform === 'linux' && !noNativeCode() && findTool('unshare') && process.getuid?.() === 0
    ? {}
    : { skip: 'needs the right to mount' }

test('a full /dev/shm is an error, never the end of the process', {
  timeout: 40_000,
  ...ownMount,
}, async () => {
  const program = `
    import { writeFileSync } from 'node:fs'
    import { Lock, Queue, SharedArray, ShareableList, SharedMemory } from 'manycore'
    const kept = []
    const attempt = make => {
      try {
        kept.push(make())
        return 'made'
      } catch (error) {
        return error.code
      }
    }
    const say = [attempt(() => new Lock()), attempt(() => new SharedMemory({ create: true, size: 2 ** 21 }))]
    try {
      writeFileSync('/dev/shm/filling', Buffer.alloc(2 ** 20))
    } catch (error) {
      say.push(error.code)
    }
    for (let i = 0; i < 5000; i++) attempt(() => new Lock())
    say.push(attempt(() => new Lock()), attempt(() => new ShareableList(['x'.repeat(5000)])), attempt(() => new Queue()))
    console.log(say.join(' '))
  `
  const shell = 'mount -t tmpfs -o size=1m tmpfs /dev/shm && exec "$0" --input-type=module'
  const child = spawnSync('unshare', ['-m', 'sh', '-c', shell, process.execPath], {
    input: program.replaceAll("'manycore'", `'${new URL('../../lib/index.js', import.meta.url).href}'`),
    encoding: 'utf8',
    timeout: 30_000,
  })
  assert.equal(child.stderr, '')
  assert.equal(child.signal, null)
  assert.equal(child.stdout, 'made MEMORY_FULL ENOSPC MEMORY_FULL MEMORY_FULL MEMORY_FULL\n')
})

const UNSHARE = findTool('unshare')
const OWN_SHM = ['-rm', 'sh', '-c', 'mount -t tmpfs -o size=256k none /dev/shm && exec "$0" "$@"']
const canMount =
  UNSHARE !== undefined && spawnSync(UNSHARE, [...OWN_SHM, process.execPath, '-e', '0']).status === 0

test('where /dev/shm is full it is said, and nothing dies of it', {
  timeout: 60_000,
  skip: linux.skip || (canMount ? false : 'this user may not have a /dev/shm of its own here'),
}, async () => {
  const { stdout, stderr, code } = await runProgram(
    `
    import { openSync, writeSync } from 'node:fs'
    import { Lock, Pool, Queue, SharedArray } from 'manycore'
    const pool = new Pool(1)
    console.log(await pool.apply(Math.sqrt, [4]))
    const filler = openSync('/dev/shm/filler', 'w')
    try {
      for (;;) writeSync(filler, Buffer.alloc(4096))
    } catch ({ code }) {
      console.log(code)
    }
    for (const make of [() => new Lock(), () => new Queue(), () => new SharedArray('B', 10)])
      try {
        make()
        console.log('made')
      } catch ({ code }) {
        console.log(code)
      }
    console.log(await pool.apply(bytes => bytes.length, [new Uint8Array(3_000_000)]))
    pool.close()
    await pool.join()`,
    { node: UNSHARE as string, execArgv: [...OWN_SHM, process.execPath] },
  )
  assert.deepEqual([stderr, code], ['', 0])
  assert.equal(stdout, `2\nENOSPC\n${'MEMORY_FULL\n'.repeat(3)}3000000\n`)
})

for (const pages of [0, 2]) {
  test(`processes work where /dev/shm has ${pages} pages left`, {
    timeout: 60_000,
    skip: linux.skip || (canMount ? false : 'this user may not have a /dev/shm of its own here'),
  }, async () => {
    const { stdout, stderr, code } = await runProgram(
      `
      import { openSync, ftruncateSync, fstatSync, writeSync } from 'node:fs'
      import { Pool } from 'manycore'
      const filler = openSync('/dev/shm/filler', 'w')
      try {
        for (;;) writeSync(filler, Buffer.alloc(4096))
      } catch {}
      ftruncateSync(filler, fstatSync(filler).size - ${pages} * 4096)
      const pool = new Pool(2)
      console.log(await pool.map(Math.sqrt, [4, 9]))
      pool.close()
      await pool.join()`,
      { node: UNSHARE as string, execArgv: [...OWN_SHM, process.execPath] },
    )
    assert.deepEqual([stderr, code], ['', 0])
    assert.equal(stdout, '[ 2, 3 ]\n')
  })
}

test('where no file may be as large, it is said', { timeout: 30_000, ...linux }, async () => {
  const program = `
    import { Lock, SharedArray } from 'manycore'
    for (const make of [() => new Lock(), () => new SharedArray('B', 1e6)])
      try {
        make()
      } catch ({ code, message }) {
        console.log(code, message)
      }`
  const { stdout } = await runProgram(program, {
    node: '/bin/sh',
    execArgv: ['-c', 'ulimit -f 100 && exec "$0" "$@"', process.execPath],
  })
  assert.match(stdout, /^MEMORY_FULL .*EFBIG.*\n.*\nMEMORY_FULL .*EFBIG/)
})

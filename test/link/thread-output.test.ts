import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../support/index.ts'

/*
 * What a thread has printed is shown, however it ends afterwards.
 */

const LIMIT = { timeout: 60_000 }

async function printed(source: string): Promise<string> {
  const { stdout, stderr, code, late, left } = await runProgram(
    `import { Thread, ThreadPool } from 'manycore'\n${source}`,
  )
  assert.equal(stderr, '')
  assert.deepEqual([code, late, left], [0, false, []])
  return stdout
}

/** As `print` below prints them. */
function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => `line ${n}\n`).join('')
}

const PRINT = 'count => { for (let n = 0; n < count; n++) console.log(`line ${n}`) }'

for (const count of [1, 3, 1000]) {
  test(`the ${count} lines of a finished task are shown though its pool is terminated`, LIMIT, async () => {
    const text = await printed(`
      const pool = new ThreadPool({ processes: 1 })
      await pool.apply(${PRINT}, [${count}])
      await pool.terminate()`)
    assert.equal(text, lines(count))
  })

  test(`and though a later task is stopped, all ${count}`, LIMIT, async () => {
    const text = await printed(`
      const pool = new ThreadPool({ processes: 1 })
      await pool.apply(${PRINT}, [${count}])
      await pool.apply(() => { for (;;); }, [], { timeout: 30 }).catch(() => {})
      await pool.terminate()`)
    assert.equal(text, lines(count))
  })

  test(`and though the thread calls process.exit, all ${count}`, LIMIT, async () => {
    const text = await printed(`
      const print = ${PRINT}
      const thread = new Thread({ target: () => { print(${count}); process.exit(0) } }).start()
      await thread.join()`)
    assert.equal(text, lines(count))
  })
}

test('lines of several tasks keep their order, also with labels', LIMIT, async () => {
  const text = await printed(`
    const pool = new ThreadPool({ processes: 1, labelOutput: true })
    for (let n = 0; n < 5; n++) await pool.apply(n => console.log('line', n), [n])
    await pool.terminate()`)
  assert.equal(text, Array.from({ length: 5 }, (_, n) => `[PoolThread-1] line ${n}\n`).join(''))
})

test('who waits until its output is taken goes on waiting for that', LIMIT, async () => {
  const text = await printed(`
    const pool = new ThreadPool({ processes: 1 })
    const waits = await pool.apply(async () => {
      const { stdout } = process
      let waits = 0
      for (let n = 0; n < 300; n++) {
        if (stdout.write('x'.repeat(65536))) continue
        waits++
        await new Promise(resolve => stdout.once('drain', resolve))
      }
      await new Promise(resolve => stdout.write('end', resolve))
      return waits
    })
    await pool.terminate()
    process.stdout.write(String(waits > 0))`)
  assert.equal(text.length, 300 * 65536 + 7)
  // The program's own word may come between any two of the thread's.
  assert.match(text, /end/)
  assert.match(text, /true/)
})

test("a thread's own stream in place of its output stays", LIMIT, async () => {
  const text = await printed(`
    const thread = new Thread({
      target: async () => {
        const { Writable } = await import('node:stream')
        const words = []
        const own = new Writable({ write(bytes, _, done) { words.push(String(bytes)); done() } })
        Object.defineProperty(process, 'stdout', { configurable: true, get: () => own })
        process.stdout.write('kept')
        return words
      },
    }).start()
    console.log(await thread.result())
    await thread.join()`)
  assert.equal(text, "[ 'kept' ]\n")
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Process, Thread } from 'manycore'
import { eachKind, nothingLeft, runProgram } from '../support/index.ts'

const LIMIT = { timeout: 60_000 }

eachKind(({ Worker }) => {
  const kind = Worker.name

  test(
    'who waits for the sentinel of a daemon keeps the program alive, and only as long',
    LIMIT,
    async () => {
      const waited = await runProgram(`
      import { connection, ${kind} } from 'manycore'
      const daemon = new ${kind}({ daemon: true, target: () => new Promise(go => setTimeout(go, 200)) }).start()
      const { sentinel } = daemon
      console.log((await connection.wait([sentinel]))[0] === sentinel, daemon.exitCode)`)
      assert.deepEqual([waited.code, waited.stdout], [0, 'true 0\n'])
      const late = await runProgram(`
      import { connection, ${kind} } from 'manycore'
      const daemon = new ${kind}({ daemon: true, target: () => new Promise(go => setTimeout(go, 60_000)) }).start()
      console.log(await connection.wait([daemon.sentinel], { timeout: 50 }), daemon.isAlive())`)
      assert.deepEqual([late.code, late.stdout], [0, '[] true\n'])
    },
  )

  test('as text it says what it is shown as', LIMIT, async () => {
    const worker = new Worker({ target: () => {}, name: 'mine', daemon: true })
    assert.equal(String(worker), `<${kind} name='mine' initial daemon>`)
    worker.start()
    assert.equal(String(worker), inspect(worker))
    await worker.join()
    assert.match(String(worker), /^<(Process|Thread) name='mine' pid=\d+ stopped exitCode=0 daemon>$/)
    await nothingLeft()
  })
})

test('a subclass is called by its own name', LIMIT, () => {
  class Cook extends Process {}
  class Waiter extends Thread {}
  assert.equal(String(new Cook({ name: 'a' })), "<Cook name='a' initial>")
  assert.equal(String(new Waiter({ name: 'b' })), "<Waiter name='b' initial>")
})

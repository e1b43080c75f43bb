import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import vm from 'node:vm'
import { HereSide, ProcessSide, ThreadSide } from './sides.ts'

/* Forms that compilers write, and what test runners do to a program's realm. */

/** A class as it is written for ES5. */
const Task = (() => {
  function Inner(this: { factor: number }, factor: number) {
    this.factor = factor
  }
  Inner.prototype.run = function (x: number): number {
    return x * this.factor
  }
  return Inner as unknown as new (
    factor: number,
  ) => { factor: number; run(x: number): number }
})()

for (const Make of [HereSide, ThreadSide, ProcessSide]) {
  describe(Make.name, { timeout: 20_000 }, () => {
    const side = new Make()
    after(() => side.close())

    test('a bound method, and an instance, of a class written as a function', async () => {
      const task = new Task(4)
      assert.equal(await side.call(task.run.bind(task), [5]), 20)
      assert.equal(await side.call(() => task.run(2), []), 8)
    })

    test('an object over one of another realm', async () => {
      const foreign = vm.runInNewContext('Object.setPrototypeOf({ own: 1 }, { above: 2 })') as {
        own: number
        above: number
      }
      assert.deepEqual(await side.call(() => [foreign.own, foreign.above], []), [1, 2])
    })

    test('a copy of all that a built-in module exports, as compilers make it', async () => {
      const { default: path } = await import('node:path')
      const namespace = Object.assign(Object.create(null), path, { default: path }) as typeof path & {
        default: typeof path
      }
      assert.equal(
        await side.call(() => namespace.default.basename('/a/b') + namespace.sep, []),
        `b${path.sep}`,
      )
    })
  })
}

import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { PlanTask } from '../../src/pool/plan-words.ts'
import { WaitingLine } from '../../src/pool/waiting-line.ts'
import { random } from '../stress/soak.ts'

interface Waiter extends PlanTask {
  readonly n: number
}

const waiter = (n: number, priority: number): Waiter => ({ n, priority, state: 'waiting' }) as Waiter

suite('the line of those who wait', () => {
  // Each task walked past the lanes of all before it: this took minutes.
  test('each may have a priority of its own, however many they are', { timeout: 20_000 }, () => {
    const line = new WaitingLine<Waiter>()
    const next = random(1)
    const all = Array.from({ length: 60_000 }, (_, n) => waiter(n, next()))
    for (const one of all) line.push(one)
    const sorted = all.toSorted((a, b) => b.priority - a.priority)
    for (const one of sorted) {
      assert.equal(line.highest, line.size > 1 ? one.priority : line.highest)
      assert.equal(line.shift(), one)
    }
    assert.equal(line.shift(), undefined)
  })

  test('the highest first, then those that came back, then the first', { timeout: 20_000 }, () => {
    const line = new WaitingLine<Waiter>()
    const model: { front: boolean; one: Waiter }[] = []
    const next = random(2)
    for (let n = 0; n < 20_000; n++) {
      const roll = next()
      if (roll < 0.5) {
        const one = waiter(n, Math.floor(next() * 40))
        const front = next() < 0.2
        if (front) line.pushFront(one)
        else line.push(one)
        model.push({ front, one })
      } else if (roll < 0.55 && model.length > 0) {
        for (const { one } of model.splice(Math.floor(next() * model.length), 1)) one.state = 'settled'
        line.drop()
      } else {
        const [best] = model.toSorted(
          (a, b) => b.one.priority - a.one.priority || Number(b.front) - Number(a.front) || a.one.n - b.one.n,
        )
        assert.equal(line.shift(), best?.one)
        if (best) model.splice(model.indexOf(best), 1)
      }
      assert.equal(line.size, model.length)
    }
  })
})

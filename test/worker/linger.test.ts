import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { createHook } from 'node:async_hooks'
import { beforeEach, describe, test } from 'node:test'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { Linger } from '../../src/worker/linger.ts'

const limit = {
  timeout: 30_000,
  ...(availableParallelism() === 1 && { skip: 'one processor: nobody stays awake' }),
}

/** Stands in for the platform's clock before the library has looked for that, which it keeps. */
let reading = (): number => 0
Object.getPrototypeOf(performance).now = () => reading()

/** A road at which a worker looks, and a clock that only the test moves; each look takes so long. */
class Road {
  looks = 0
  /** With which looks a message comes. */
  comes = (_look: number): boolean => false
  time = 1000
  takes = 0.01
  readonly linger: Linger

  constructor({ polls = true } = {}) {
    reading = () => this.time
    this.linger = polls ? new Linger({ poll: this.poll }) : new Linger({})
  }

  readonly poll = (): boolean => {
    this.looks++
    this.time += this.takes
    if (!this.comes(this.looks)) return false
    this.message()
    return true
  }

  /** A call that takes no time. */
  message(calls = 1): void {
    this.linger.heard(calls)
    this.linger.rest()
  }

  /** Until it is asleep; how often it has looked. */
  async looked(): Promise<number> {
    for (let before = -1; before !== this.looks; ) {
      before = this.looks
      await turn()
    }
    const { looks } = this
    this.looks = 0
    return looks
  }

  /** A call so long after the last one; how often it has looked then. */
  after(pause: number, calls = 1): Promise<number> {
    this.time += pause
    this.message(calls)
    return this.looked()
  }
}

describe('a worker stays awake for a moment', limit, () => {
  let road: Road
  beforeEach(() => {
    road = new Road()
  })

  test('when a call came as an answer to the last result, and not when it came late or with others', async () => {
    assert.equal(await road.after(0), 0, 'the first')
    const looks = await road.after(0.1)
    assert.ok(looks >= 10 && looks <= 12, `${looks} looks of 0.01 ms`)
    assert.equal(await road.after(0.3), 0, 'late')
    assert.equal(await road.after(0.1, 2), 0, 'two at once')
  })

  test('as long as messages come', async () => {
    await road.after(0)
    road.comes = look => look === 5
    const looks = await road.after(0.1)
    assert.ok(looks >= 15 && looks <= 17, `${looks} looks`)
  })

  test('ever more rarely, if nothing comes of it', async () => {
    await road.after(0)
    const awake: number[] = []
    for (let occasion = 0; occasion < 40; occasion++) if ((await road.after(0.05)) > 0) awake.push(occasion)
    assert.deepEqual(awake, [0, 1, 3, 7, 15, 31])
    road.comes = look => look === 3
    let occasions = 0
    while ((await road.after(0.05)) === 0) occasions++
    assert.equal(occasions, 23, 'until the next')
    road.comes = () => false
    assert.ok((await road.after(0.05)) > 0, 'something came: it is worth while again')
  })

  test('what a task has left goes on before the next one: ticks and promises, and the event loop now and then', async () => {
    await road.after(0)
    road.takes = 0.05
    const went = { tasks: 0, ticks: 0, promises: 0, turns: 0 }
    road.comes = look => {
      assert.deepEqual(
        { ticks: went.ticks, promises: went.promises },
        { ticks: look - 1, promises: look - 1 },
      )
      process.nextTick(() => went.ticks++)
      void Promise.resolve().then(() => went.promises++)
      return ++went.tasks <= 400
    }
    road.message()
    while (went.tasks < 400) {
      await turn()
      went.turns++
    }
    assert.ok(went.turns >= 15, `${went.turns} turns in 20 ms`)
  })

  test('what it has stayed awake for is told apart from work', async () => {
    await road.after(0)
    road.linger.takeSpent()
    const looks = await road.after(0.1)
    assert.ok(Math.abs(road.linger.takeSpent() - looks * 0.01) < 1e-9)
    assert.equal(road.linger.takeSpent(), 0)
  })

  test('and no longer, though the clock stands still', async () => {
    await road.after(0)
    road.takes = 0
    const looks = await road.after(0.1)
    assert.ok(looks > 100 && looks < 2000, `${looks} looks`)
  })

  test('where only the event loop can tell, it turns', async () => {
    const loop = new Road({ polls: false })
    loop.message()
    loop.message()
    const turns = { count: 0 }
    const counter = createHook({
      init(_, type) {
        if (type === 'Immediate') turns.count++
      },
    }).enable()
    // While the time has not passed.
    while (turns.count < 3) await sleep(1)
    loop.time += 1
    const before = turns.count
    await turn()
    await turn()
    counter.disable()
    // Two are the test's own.
    assert.ok(turns.count <= before + 3, 'and then no more')
  })
})

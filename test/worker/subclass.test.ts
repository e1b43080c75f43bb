import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BaseWorker, currentProcess, currentThread, Process, Thread } from 'manycore'

/* An object of a user's subclass becomes the worker, with its own fields. */

for (const Base of [Thread, Process as unknown as typeof Thread]) {
  test(`private members can't go along, which start() says (${Base.name})`, () => {
    class Clock extends Base {
      readonly #ms = 4
      override run(): number {
        return this.#ms
      }
    }
    assert.throws(() => new Clock().start(), {
      code: 'CANNOT_CLONE',
      kind: 'a Clock whose run() uses the private name #ms',
      path: 'args[0]',
    })
  })

  test(`nor those that run() uses by another method (${Base.name})`, () => {
    class Clock extends Base {
      readonly #ms = 4
      get ms(): number {
        return this.half() * 2
      }
      half(): number {
        return this.#ms / 2
      }
      override run(): number {
        return this.ms
      }
    }
    assert.throws(() => new Clock().start(), { code: 'CANNOT_CLONE' })
  })

  test(`what only the program uses of them stays here (${Base.name})`, async () => {
    class Clock extends Base {
      #started = 0
      static #color = '#started'
      readonly ms = 4
      begin(): this {
        this.#started++
        return this.start()
      }
      get started(): number {
        return this.#started
      }
      override run(): string {
        return `${Clock.#color} ${this.ms}`.slice(1)
      }
    }
    const clock = new Clock().begin()
    assert.equal(await clock.result(), 'started 4')
    assert.equal(clock.started, 1)
  })

  test(`private static members do (${Base.name})`, async () => {
    class Clock extends Base {
      static #ms = 4
      readonly more = 1
      static set(ms: number): void {
        Clock.#ms = ms
      }
      override run(): number {
        return Clock.#ms + this.more
      }
    }
    Clock.set(7)
    assert.equal(await new Clock().start().result(), 8)
  })
}

for (const Base of [Thread, Process as unknown as typeof Thread]) {
  test(`with others of its kind in its fields, it stays itself (${Base.name})`, async () => {
    const current = (): BaseWorker => (Base === Thread ? currentThread() : currentProcess())
    class Team extends Base {
      readonly members = [new Base({ name: 'first' }), new Base({ name: 'last' })]
      override run(): unknown {
        return [current() === this, current().name, this.isAlive(), this.members.map(member => member.name)]
      }
    }
    const team = new Team({ name: 'team' }).start()
    assert.deepEqual(await team.result(), [true, 'team', true, ['first', 'last']])
    await team.join()
  })
}

test('a run() with the this of its class is refused by name and place', () => {
  class Clock extends Thread {
    readonly ms = 5
    override readonly run = (): number => this.ms
  }
  assert.throws(() => new Clock().start(), {
    code: 'CANNOT_CAPTURE',
    path: 'args[0].run',
    message: /The function run can't be sent to a worker: it uses `this` of the function around it/,
  })
})

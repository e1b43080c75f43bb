import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capture, TextStore } from '../../src/capture/index.ts'
import { type Graph, unpack } from '../../src/codec/index.ts'
import { asStranger } from './sides.ts'

const can = { transfer: true, share: true }
const TEXT = /some text that is long enough to be told apart/
const make = (n: number) => () => `some text that is long enough to be told apart ${n}`
const written = (graph: Graph | undefined): string => JSON.stringify(graph)
const graphOf = (fn: Function): Graph => asStranger(capture(fn, 'pool.map', can))

/** Both ends of a road. */
class Road {
  readonly here = new TextStore()
  readonly there = new TextStore()
  readonly crossed: string[] = []

  send(...fns: readonly Function[]): unknown[] {
    const { graphs, sent } = this.here.lean(fns.map(graphOf))
    this.crossed.push(written(graphs as unknown as Graph))
    sent()
    return this.there.full(structuredClone(graphs)).map(unpack)
  }
}

test('a text crosses once, the values each time', () => {
  const road = new Road()
  const results = [1, 2, 3].map(n => (road.send(make(n))[0] as () => string)())
  assert.deepEqual(
    results,
    [1, 2, 3].map(n => make(n)()),
  )
  assert.match(road.crossed[0] as string, TEXT)
  assert.doesNotMatch(road.crossed[1] as string, TEXT)
  assert.ok((road.crossed[2] as string).length < 400, road.crossed[2])
})

test('helpers that were sent with one function are known to the next', () => {
  const road = new Road()
  const helper = make(7)
  road.send(() => helper())
  const [fn] = road.send(() => `${helper()} again`)
  assert.equal((fn as () => string)(), `${helper()} again`)
  assert.doesNotMatch(road.crossed[1] as string, TEXT)
})

test('a message that did not leave changes nothing', () => {
  const road = new Road()
  road.here.lean([graphOf(make(1))])
  const [fn] = road.send(make(2))
  assert.equal((fn as () => string)(), make(2)())
})

test('both ends forget the same texts', () => {
  const road = new Road()
  // oxlint-disable-next-line typescript/no-implied-eval -- texts without end
  const fresh = (n: number) => new Function(`return ${n}`)
  const first = make(1)
  road.send(first)
  for (let n = 0; n < 1200; n += 100) {
    const made = road.send(...Array.from({ length: 100 }, (_, i) => fresh(n + i)))
    assert.equal((made[99] as () => number)(), n + 99)
    // Known to both, or to neither.
    assert.equal((road.send(first)[0] as () => string)(), first())
  }
})

test('two functions of one message that share a text', () => {
  const road = new Road()
  const [one, two] = road.send(make(1), make(2)) as (() => string)[]
  assert.deepEqual([one?.(), two?.()], [make(1)(), make(2)()])
})

test('a helper whose variable changes is looked into again', () => {
  let rate = 1
  const helper = () => rate
  const fixed = 10
  const uses = () => helper() + fixed
  assert.equal((unpack(graphOf(uses)) as () => number)(), 11)
  rate = 2
  assert.equal((unpack(graphOf(uses)) as () => number)(), 12)
})

test('what a fixed variable holds is taken as it is now', () => {
  const settings = { n: 1 }
  const read = () => settings.n
  assert.equal((unpack(graphOf(read)) as () => number)(), 1)
  settings.n = 2
  assert.equal((unpack(graphOf(read)) as () => number)(), 2)
})

test('a function that stands for another one by now is not mistaken for it', () => {
  let step = () => 'old'
  const run = () => step()
  assert.equal((unpack(graphOf(run)) as () => string)(), 'old')
  step = () => 'new'
  assert.equal((unpack(graphOf(run)) as () => string)(), 'new')
})

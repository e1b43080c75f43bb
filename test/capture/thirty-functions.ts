/* oxlint-disable -- it has a stranger's style on purpose */
/*
 * A user's program, written from the guide alone: functions of every kind, sent to threads and to processes.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import * as os from 'node:os'
import { Pool, ThreadPool } from 'manycore'

interface Point {
  x: number
  y: number
}
const rate = 0.25
let calls = 0
const table = new Map<string, (n: number) => number>([
  ['twice', n => n * 2],
  ['half', n => n / 2],
])
const config = { deep: { list: [1, 2, { three: 3 }] }, when: new Date(0), re: /a(b)c/gi }
;(config as any).self = config
const secret = Symbol('secret')
const tagged = { [secret]: 7 }
function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2)
}
const isEven = (n: number): boolean => n === 0 || isOdd(n - 1)
const isOdd = (n: number): boolean => n !== 0 && isEven(n - 1)
abstract class Shape {
  abstract area(): number
  describe() {
    return `${this.constructor.name} ${this.area().toFixed(2)}`
  }
  static made = 0
}
class Circle extends Shape {
  readonly r: number
  constructor(r: number) {
    super()
    this.r = r
    Circle.made++
  }
  area() {
    return Math.PI * this.r ** 2
  }
  get diameter() {
    return 2 * this.r
  }
}
class Square extends Shape {
  #s: number
  constructor(s: number) {
    super()
    this.#s = s
  }
  area() {
    return this.#s ** 2
  }
}
class Oops extends Error {
  readonly level: number
  constructor(level: number) {
    super(`level ${level}`)
    this.level = level
    this.name = 'Oops'
  }
}
class Stack<T> extends Array<T> {
  top() {
    return this[this.length - 1]
  }
}
const circle = new Circle(2)
function adder(by: number) {
  return (n: number) => n + by
}
const counter = (() => {
  let n = 10
  return { up: () => ++n, get: () => n }
})()
const mixin = <B extends new (...a: any[]) => object>(Base: B) =>
  class extends Base {
    hello() {
      return 'hi'
    }
  }
class Mixed extends mixin(Circle) {}
const compose =
  (...fs: ((x: any) => any)[]) =>
  (x: any) =>
    fs.reduce((v, f) => f(v), x)
const cases: [string, Function, unknown[], unknown][] = [
  ['arrow with const', (p: number) => p * rate, [8], 2],
  ['let at its value', () => calls, [], 5],
  ['recursion', fib, [15], 610],
  ['mutual recursion', isEven, [10], true],
  [
    'async',
    async (p: Point) => {
      await null
      return p.x + p.y
    },
    [{ x: 1, y: 2 }],
    3,
  ],
  [
    'generator inside',
    () => {
      function* g() {
        yield 1
        yield* [2, 3]
      }
      return [...g()]
    },
    [],
    [1, 2, 3],
  ],
  [
    'async generator inside',
    async () => {
      async function* g() {
        yield 1
        yield 2
      }
      const o = []
      for await (const v of g()) o.push(v)
      return o
    },
    [],
    [1, 2],
  ],
  [
    'captured generator function',
    (() => {
      function* nat(n: number) {
        for (let i = 0; i < n; i++) yield i
      }
      return (n: number) => [...nat(n)]
    })(),
    [3],
    [0, 1, 2],
  ],
  ['map of functions', (n: number) => table.get('twice')!(n) + table.get('half')!(n), [4], 10],
  ['circular config', () => (config as any).self.deep.list[2].three, [], 3],
  ['date and regexp', () => [config.when.getTime(), 'xABCx'.replace(config.re, '$1')], [], [0, 'xBx']],
  ['symbol key', () => (tagged as any)[secret], [], 7],
  ['instance', () => circle.describe() + circle.diameter, [], 'Circle 12.574'],
  ['class made inside', () => new Square(3).area(), [], 9],
  [
    'subclass of Array',
    () => {
      const s = new Stack<number>()
      s.push(4, 5)
      return s.top()
    },
    [],
    5,
  ],
  ['named import', (s: string) => createHash('md5').update(s).digest('hex').slice(0, 4), ['a'], '0cc1'],
  ['another import', (p: string) => basename(p), ['/a/b.txt'], 'b.txt'],
  ['namespace import', () => typeof os.cpus().length, [], 'number'],
  ['factory closure', adder(5), [1], 6],
  [
    'shared state object',
    () => {
      counter.up()
      return counter.get()
    },
    [],
    11,
  ],
  ['mixin', () => new Mixed(1).hello(), [], 'hi'],
  [
    'compose',
    compose(
      (x: number) => x + 1,
      (x: number) => x * 10,
    ),
    [1],
    20,
  ],
  [
    'bound',
    function (this: { k: number }, n: number) {
      return this.k * n
    }.bind({ k: 3 }),
    [4],
    12,
  ],
  [
    'defaults and rest',
    ({ a = 1, b = a * 2 }: { a?: number; b?: number } = {}, ...r: number[]) => [a, b, ...r],
    [{ a: 2 }, 9],
    [2, 4, 9],
  ],
  ['import() inside', async () => (await import('node:path')).sep, [], '/'],
  ['import.meta.url', () => import.meta.url.includes('thirty-functions'), [], true],
  ['new Function', new Function('a', 'b', 'return a * b'), [6, 7], 42],
  ['built-in', Math.max, [1, 9, 3], 9],
  [
    'bigint and typed array',
    (b: bigint, t: Float64Array) => b + BigInt(t.length),
    [2n ** 64n, new Float64Array(3)],
    2n ** 64n + 3n,
  ],
  [
    'method',
    {
      k: 2,
      times(n: number) {
        return n * 2
      },
    }.times,
    [5],
    10,
  ],
  ['static state', () => Circle.made > 0, [], true],
  [
    'tagged template',
    (() => {
      const tag = (s: TemplateStringsArray, ...v: number[]) => s.raw.join('|') + v.join()
      return () => tag`a${1}b${2}c`
    })(),
    [],
    'a|b|c1,2',
  ],
]
calls = 5
for (const pool of [new ThreadPool(2), new Pool(2)]) {
  let bad = 0
  for (const [name, fn, args, expected] of cases) {
    try {
      assert.deepEqual(await pool.apply(fn as any, args as any), expected)
    } catch (e) {
      bad++
      console.log('FAIL', pool.constructor.name, name, (e as Error).message.slice(0, 300))
    }
  }
  const oops: any = await pool
    .apply(() => {
      throw new Oops(3)
    })
    .catch(e => e)
  if (!(oops instanceof Oops) || oops.level !== 3) {
    bad++
    console.log('FAIL error', oops)
  }
  const prom = Promise.resolve(1),
    square = new Square(2)
  for (const [fn, code] of [
    [() => prom, 'CANNOT_CAPTURE'],
    [() => square.area(), 'CANNOT_CAPTURE'],
    [() => eval('1'), 'CANNOT_CAPTURE'],
  ] as const) {
    const e: any = await (pool.apply as any)(fn).catch((x: any) => x)
    if (e?.code !== code) {
      bad++
      console.log('FAIL refusal', String(fn), e)
    }
  }
  console.log(`${pool.constructor.name}: ${cases.length} work, ${bad} not`)
  await pool.terminate()
}

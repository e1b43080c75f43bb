import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eachKind, runProgram } from '../support/index.ts'
import { withPool } from '../pool/support.ts'

/*
 * Symbols are the same wherever they go: those of the program by their identity, those of a module by where it keeps
 * them.
 */

const FIXTURES = new URL('../../../test/capture/fixtures/', import.meta.url)

interface Sized {
  size(): number
}
interface Symbols {
  readonly Store: { new (items?: readonly number[]): Sized; readonly EMPTY: symbol }
  readonly kTag: unique symbol
  readonly tag: (object: object, value: string) => object
  readonly tagOf: (object: object) => unknown
}

const load = async <T>(name: string): Promise<T> => (await import(new URL(name, FIXTURES).href)) as T

eachKind(kind => {
  test('a symbol of the program is the same there, and when it comes back', { timeout: 60_000 }, async () => {
    const kindOf = Symbol('kind')
    class Leaf {
      static readonly NONE = Symbol('none')
      readonly value: unknown
      constructor(value: unknown = Leaf.NONE) {
        this.value = value
      }
      isEmpty(): boolean {
        return this.value === Leaf.NONE
      }
    }
    const leaf = new Leaf()
    await withPool(kind, { processes: 1 }, async pool => {
      assert.deepEqual(
        await pool.map((one: Record<symbol, string>) => one[kindOf], [{ [kindOf]: 'a' }, { [kindOf]: 'b' }]),
        ['a', 'b'],
      )
      assert.equal((await pool.apply(() => ({ [kindOf]: 1 })))[kindOf], 1)
      assert.equal(await pool.apply((x: symbol) => x, [kindOf]), kindOf)
      const theirs = await pool.apply(() => Symbol('theirs'))
      assert.notEqual(theirs, await pool.apply(() => Symbol('theirs')))
      assert.equal(await pool.apply((x: symbol) => x, [theirs]), theirs)
      assert.equal(await pool.apply((x: Leaf) => x.isEmpty(), [leaf]), true)
      assert.equal(await pool.apply(() => leaf.isEmpty()), true)
      assert.equal((await pool.apply(() => new Leaf())).isEmpty(), true)
    })
  })

  for (const [name, file] of Object.entries({
    'an ES module': 'symbols.mjs',
    'a CommonJS module': 'symbols.cjs',
  })) {
    test(`what ${name} keeps under symbols of its own is found there`, { timeout: 60_000 }, async () => {
      const { Store } = await load<Symbols>(file)
      const store = new Store([1, 2, 3])
      await withPool(kind, { processes: 1 }, async pool => {
        assert.equal(await pool.apply((x: Sized) => x.size(), [store]), 3)
        assert.equal(await pool.apply(() => store.size()), 3)
        const there = await pool.apply((Class: Symbols['Store']) => new Class([1, 2]), [Store])
        assert.equal(there.size(), 2)
        assert.equal(await pool.apply((x: Sized) => x.size(), [there]), 2)
      })
    })
  }

  test('static and exported symbols of a module', { timeout: 60_000 }, async () => {
    const { Store, tag, tagOf } = await load<Symbols>('symbols.mjs')
    const empty = new Store()
    await withPool(kind, { processes: 1 }, async pool => {
      assert.equal(await pool.apply((x: Sized) => x.size(), [empty]), 0)
      assert.equal((await pool.apply((Class: Symbols['Store']) => new Class(), [Store])).size(), 0)
      assert.equal(await pool.apply(tagOf, [tag({}, 'x')]), 'x')
      assert.equal(tagOf(await pool.apply(tag, [{}, 'y'])), 'y')
    })
  })
})

test('symbols that a program imports alone, and functions that a module exports without having written them', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await runProgram(
    `import { ThreadPool, Pool } from 'manycore'
    import { lone } from './lone.mjs'
    import { made } from './made.mjs'
    for (const Kind of [ThreadPool, Pool]) {
      const pool = new Kind(1)
      console.log(await pool.apply(o => o[lone], [{ [lone]: 1 }]), (await pool.apply(() => ({ [lone]: 2 })))[lone])
      console.log(await pool.apply(o => made(o), [made({})]), await pool.apply(made, [{}]).then(made))
      await pool.terminate()
    }`,
    {
      files: {
        'lone.mjs': `export const lone = Symbol('lone')`,
        'maker.mjs': `export const make = () => { const own = Symbol('own'); return o => (o[own] ? 'known' : { [own]: 1 }) }`,
        'made.mjs': `import { make } from './maker.mjs'\nexport const made = make()`,
      },
    },
  )
  assert.equal(stderr, '')
  assert.deepEqual(stdout.trim().split('\n'), ['1 2', 'known known', '1 2', 'known known'])
})

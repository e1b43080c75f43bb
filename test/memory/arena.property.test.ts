import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Arena, type ArenaCell, newHeader } from '../../src/memory/arena.ts'
import { bytesFor } from '../../src/memory/arena-layout.ts'
import type { CellSize } from '../../src/memory/cell.ts'
import { NoPlatform } from '../../src/memory/platform/none.ts'

// Several threads of one arena, played by several objects over the same memory.
function players(count: number, blocks: number): Arena[] {
  const platform = new NoPlatform('a test')
  const block = platform.createSparse(bytesFor(blocks))
  new Int32Array(block.buffer).set(newHeader())
  return Array.from({ length: count }, () => new Arena(platform, block))
}

interface Model {
  readonly size: CellSize
  readonly unit: number
  readonly generation: number
  /** What each player has of it: objects that were made or adopted. */
  readonly held: ArenaCell[][]
  underway: number
  stamp: number
}

const step = fc.record({
  what: fc.constantFrom('allocate', 'adopt', 'release', 'depart', 'stale', 'sweep', 'write'),
  player: fc.nat(2),
  which: fc.nat(1000),
  size: fc.constantFrom<CellSize>(16, 32, 64),
})

test('cells never overlap, live as long as they are held or underway, and no longer', {
  timeout: 60_000,
}, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), steps => {
      const arenas = players(3, 1)
      const alive: Model[] = []
      const dead: Model[] = []
      let stamp = 0
      const settle = (model: Model): void => {
        if (model.underway > 0 || model.held.some(list => list.length > 0)) return
        alive.splice(alive.indexOf(model), 1)
        dead.push(model)
      }
      for (const { what, player, which, size } of steps) {
        const arena = arenas[player] as Arena
        const model = alive[which % Math.max(1, alive.length)]
        const mine = model?.held[player] ?? []
        if (what === 'allocate') {
          const cell = arena.allocate(size)
          assert.ok(cell, 'there is room')
          for (let word = 0; word < size; word++) assert.equal(cell.cells.load(word), 0, 'a new cell is zero')
          const held: ArenaCell[][] = [[], [], []]
          held[player]?.push(cell)
          alive.push({ size, unit: cell.unit, generation: cell.generation, held, underway: 0, stamp: 0 })
        } else if (what === 'adopt' && model) {
          const cell = arena.adopt(model.unit, model.generation, model.size)
          assert.equal(arena.isUnderway(cell), model.underway > 0, 'until all of it is here')
          arena.arrived(cell)
          mine.push(cell)
          if (model.underway > 0) model.underway--
        } else if (what === 'release' && model && mine.length > 0) {
          arena.release(mine.pop() as ArenaCell)
          settle(model)
        } else if (what === 'depart' && model && mine.length > 0) {
          arena.depart(mine[0] as ArenaCell)
          model.underway++
        } else if (what === 'stale' && dead.length > 0) {
          const gone = dead[which % dead.length] as Model
          assert.throws(() => arena.adopt(gone.unit, gone.generation, gone.size), { code: 'MEMORY_GONE' })
        } else if (what === 'write' && model && mine.length > 0) {
          model.stamp = ++stamp
          const { cells } = mine[0] as ArenaCell
          for (let word = 0; word < model.size; word++) cells.store(word, stamp)
        } else if (what === 'sweep') {
          assert.equal(arena.sweep(), alive.length)
        }
        for (const { held, size: words, stamp: expected } of alive) {
          const cell = held.flat()[0]
          if (!cell) continue
          assert.equal(cell.cells.load(0), expected)
          assert.equal(cell.cells.load(words - 1), expected)
        }
      }
      assert.equal((arenas[0] as Arena).sweep(), alive.length)
    }),
    { numRuns: 150 },
  )
})

test('what is given back is given out again; a full arena says so', { timeout: 30_000 }, () => {
  const [arena] = players(1, 1) as [Arena]
  const cells: ArenaCell[] = []
  for (let cell = arena.allocate(64); cell; cell = arena.allocate(64)) cells.push(cell)
  assert.equal(cells.length, 256)
  assert.equal(arena.allocate(16), undefined)
  const [first] = cells as [ArenaCell]
  const { unit, generation } = first
  arena.release(first)
  const again = Array.from({ length: 4 }, () => arena.allocate(16) as ArenaCell)
  assert.deepEqual(
    again.map(cell => cell.unit),
    [unit, unit + 1, unit + 2, unit + 3],
  )
  assert.throws(() => arena.adopt(unit, generation, 64), { code: 'MEMORY_GONE' })
  assert.equal(arena.adopt(unit, again[0]?.generation ?? 0, 16).unit, unit)
})

test('numbers that nobody gave out are refused', { timeout: 30_000 }, () => {
  const [arena] = players(1, 1) as [Arena]
  const cell = arena.allocate(32) as ArenaCell
  for (const [unit, generation, size] of [
    [-1, 1, 16],
    [2 ** 31, 1, 16],
    [1.5, 1, 16],
    [1023, 1, 64],
    [cell.unit, cell.generation, 16],
    [cell.unit, cell.generation + 1, 32],
    [cell.unit + 1, 0, 16],
  ] as const) {
    assert.throws(() => arena.adopt(unit, generation, size), { code: 'MEMORY_GONE' })
  }
})

test('damaged words of an arena give errors and lose cells at most', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.integer()), { maxLength: 200 }), damage => {
      const platform = new NoPlatform('a test')
      const block = platform.createSparse(bytesFor(1))
      const words = new Int32Array(block.buffer)
      words.set(newHeader())
      const arena = new Arena(platform, block)
      const cell = arena.allocate(16) as ArenaCell
      for (const [at, value] of damage) words[at % words.length] = value
      words[8] = 0 // The lock that this platform spins on.
      for (const body of [
        () => arena.adopt(cell.unit, cell.generation, 16),
        () => arena.sweep(),
        () => arena.allocate(64),
        () => arena.release(cell),
        () => arena.seats.ring(-1, -1),
        () => new Arena(platform, block),
      ]) {
        try {
          body()
        } catch (error) {
          assert.match(String((error as { code?: unknown }).code), /^MEMORY_/)
        }
      }
    }),
    { numRuns: 100 },
  )
})

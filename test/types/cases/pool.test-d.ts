import { expectTypeOf } from 'expect-type'
import { type AsyncResult, Pool, ThreadPool, type Percentiles } from 'manycore'

/*
 * What the compiler infers for pools. The faces of both kinds are the same, so the cases run over both.
 */

declare const pool: Pool | ThreadPool
const square = (n: number): number => n * n
const slow = async (name: string, times: number): Promise<string> => name.repeat(times)
const nothing = (): void => {}

// apply: arguments from the function's parameters, result from what it returns, promises unwrapped
expectTypeOf(pool.apply(square, [3])).toEqualTypeOf<Promise<number>>()
expectTypeOf(pool.apply(slow, ['a', 2])).toEqualTypeOf<Promise<string>>()
expectTypeOf(pool.apply(nothing)).toEqualTypeOf<Promise<void>>()
expectTypeOf(pool.apply(() => 4n, [], { timeout: 100, signal: new AbortController().signal })).toEqualTypeOf<
  Promise<bigint>
>()
expectTypeOf(pool.applyAsync(slow, ['a', 2])).toEqualTypeOf<AsyncResult<string>>()
expectTypeOf(pool.applyAsync(square, [1]).get({ timeout: 5 })).toEqualTypeOf<Promise<number>>()
expectTypeOf(await pool.applyAsync(square, [1])).toEqualTypeOf<number>()

// @ts-expect-error -- an argument of another type
void pool.apply(square, ['3'])
// @ts-expect-error -- an argument is missing
void pool.apply(slow, ['a'])
// @ts-expect-error -- one too many
void pool.apply(square, [1, 2])
// @ts-expect-error -- not a function
void pool.apply(square(3))
// @ts-expect-error -- an unknown option
void pool.apply(square, [3], { timeOut: 5 })

// map: the item's type from the iterable, sync or async
expectTypeOf(pool.map(square, [1, 2])).toEqualTypeOf<Promise<number[]>>()
expectTypeOf(pool.map(n => n.toFixed(1), [1, 2])).toEqualTypeOf<Promise<string[]>>()
expectTypeOf(pool.map(async word => word.length, new Set(['a']))).toEqualTypeOf<Promise<number[]>>()
async function* lines(): AsyncGenerator<string> {
  yield ''
}
expectTypeOf(pool.map(line => line.length, lines())).toEqualTypeOf<Promise<number[]>>()
expectTypeOf(pool.mapAsync(square, [1], { chunksize: 2 })).toEqualTypeOf<AsyncResult<number[]>>()

// @ts-expect-error -- items of another type
void pool.map(square, ['a'])
// @ts-expect-error -- no iterable
void pool.map(square, 3)
// @ts-expect-error -- a wrong option
void pool.map(square, [1], { chunksize: 'big' })

// starmap: each item holds the arguments
expectTypeOf(pool.starmap(slow, [['a', 1]])).toEqualTypeOf<Promise<string[]>>()
expectTypeOf(pool.starmapAsync(slow, [['a', 1]])).toEqualTypeOf<AsyncResult<string[]>>()
declare const pairs: readonly (readonly [string, number])[]
expectTypeOf(pool.starmap(slow, pairs)).toEqualTypeOf<Promise<string[]>>()
expectTypeOf(pool.apply(slow, ['a', 1] as const)).toEqualTypeOf<Promise<string>>()
expectTypeOf(pool.starmap((a, b) => a + b, [[1, 2]])).toEqualTypeOf<Promise<number[]>>()
// @ts-expect-error -- the arguments in the wrong order
void pool.starmap(slow, [[1, 'a']])

// imap: an async iterable of results
for await (const n of pool.imap(square, [1])) expectTypeOf(n).toEqualTypeOf<number>()
for await (const text of pool.imapUnordered(async (n: number) => `${n}`, [1], { bufferSize: 4 })) {
  expectTypeOf(text).toEqualTypeOf<string>()
}

// making and leaving
void new Pool()
void new Pool(3)
void new ThreadPool({
  processes: 2,
  initializer: (name: string) => void name,
  initargs: ['x'],
  maxTasksPerChild: 5,
})
// @ts-expect-error -- not a number
void new Pool('3')
// @ts-expect-error -- an unknown option
void new Pool({ maxtasksperchild: 1 })
expectTypeOf(pool.join({ timeout: 5 })).toEqualTypeOf<Promise<boolean>>()
{
  await using scoped = new Pool(1)
  expectTypeOf(scoped.map(square, [1])).toEqualTypeOf<Promise<number[]>>()
}

// numbers that the pool finds out, spares, and what one can see
void new Pool('auto')
void new ThreadPool({
  processes: 'auto',
  concurrency: 'auto',
  spares: 1,
  labelOutput: true,
  trace: 'trace.json',
})
void new Pool({ trace: new URL('file:///trace.json') })
// @ts-expect-error -- neither a number nor 'auto'
void new Pool({ concurrency: 'many' })
expectTypeOf(pool.stats().times.run).toEqualTypeOf<Percentiles | undefined>()
expectTypeOf(pool.stats().throughput).toEqualTypeOf<number | undefined>()
expectTypeOf(pool.stats().tuning?.why).toEqualTypeOf<string | undefined>()
expectTypeOf(pool.stats().workers.list[0]?.utilisation).toEqualTypeOf<number | undefined>()
void pool.map(square, [1], { progress: (done, total, failed) => done - (total ?? 0) - failed })

import { expectTypeOf } from 'expect-type'
import {
  type AsyncResult,
  asCompleted,
  createExecutor,
  type Executor,
  Future,
  group,
  type MapResults,
  Pool,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
  wait,
} from 'manycore'

/*
 * What the compiler infers for executors and futures. The faces of both kinds are the same, so the cases run over both.
 */

declare const executor: ThreadPoolExecutor | ProcessPoolExecutor
const square = (n: number): number => n * n
const slow = async (name: string, times: number): Promise<string> => name.repeat(times)
const nothing = (): void => {}
const padded = (word: string, times = 2): string => word.repeat(times)

// submit: arguments from the function's parameters, result from what it returns, promises unwrapped
expectTypeOf(executor.submit(square, 3)).toEqualTypeOf<Future<number>>()
expectTypeOf(executor.submit(slow, 'a', 2)).toEqualTypeOf<Future<string>>()
expectTypeOf(executor.submit(nothing)).toEqualTypeOf<Future<void>>()
expectTypeOf(executor.submit(padded, 'a')).toEqualTypeOf<Future<string>>()
expectTypeOf(executor.submitWith({ timeout: 5, priority: 1 }, square, 3)).toEqualTypeOf<Future<number>>()
expectTypeOf(await executor.submit(slow, 'a', 2)).toEqualTypeOf<string>()

// @ts-expect-error -- an argument of another type
void executor.submit(square, '3')
// @ts-expect-error -- an argument is missing
void executor.submit(slow, 'a')
// @ts-expect-error -- one too many
void executor.submit(square, 1, 2)
// @ts-expect-error -- not a function
void executor.submit(square(3))
// @ts-expect-error -- an unknown option
void executor.submitWith({ timeOut: 5 }, square, 3)

// map: the items' types from the iterables, sync or async
expectTypeOf(executor.map(square, [1, 2])).toEqualTypeOf<MapResults<number>>()
expectTypeOf(executor.map(n => n.toFixed(1), [1, 2])).toEqualTypeOf<MapResults<string>>()
expectTypeOf(executor.map(slow, ['a'], new Set([1]))).toEqualTypeOf<MapResults<string>>()
expectTypeOf(executor.map((a, b) => a + b, [1], [2], { timeout: 5 })).toEqualTypeOf<MapResults<number>>()
expectTypeOf(executor.map((a, b, c) => `${a}${b.length}${c}`, [1], ['b'], [true])).toEqualTypeOf<
  MapResults<string>
>()
expectTypeOf(
  executor.map((a: number, b: number, c: number, d: number) => a + b + c + d, [1], [2], [3], [4]),
).toEqualTypeOf<MapResults<number>>()
expectTypeOf(executor.map(padded, ['a'], { timeout: 5 })).toEqualTypeOf<MapResults<string>>()
expectTypeOf(executor.map(Math.max, [1], [2], [3], [4], { timeout: 5 })).toEqualTypeOf<MapResults<number>>()
// progress is told as a pool's is
void executor.map(square, [1], {
  progress: (done, total, failed) => {
    expectTypeOf(done).toEqualTypeOf<number>()
    expectTypeOf(total).toEqualTypeOf<number | undefined>()
    expectTypeOf(failed).toEqualTypeOf<number>()
  },
})

// @ts-expect-error -- items of another type
void executor.map(square, ['1'])
// @ts-expect-error -- items of another type, in the second
void executor.map(slow, ['a'], ['b'])
// @ts-expect-error -- an iterable is missing
void executor.map(slow, ['a'])
// @ts-expect-error -- not an iterable
void executor.map(square, 5)
// @ts-expect-error -- an unknown option
void executor.map(square, [1], { timeOut: 5 })

expectTypeOf(executor.map(square, [1]).toArray()).toEqualTypeOf<Promise<number[]>>()
for await (const n of executor.map(square, [1], { bufferSize: 4 })) expectTypeOf(n).toEqualTypeOf<number>()

// futures: results, errors of unknown type, callbacks with the future itself
const future = executor.submit(slow, 'a', 2)
expectTypeOf(future.result({ timeout: 5 })).toEqualTypeOf<Promise<string>>()
expectTypeOf(future.exception()).toEqualTypeOf<Promise<unknown>>()
expectTypeOf(future.cancel('why')).toEqualTypeOf<boolean>()
expectTypeOf(new Future<number>().setResult).parameters.toEqualTypeOf<[number]>()
future.addDoneCallback(given => expectTypeOf(given).toEqualTypeOf<Future<string>>())
future.onProgress(value => expectTypeOf(value).toEqualTypeOf<unknown>())
expectTypeOf<Future<number>>().toExtend<Future<unknown>>()
expectTypeOf<AsyncResult<number>>().toExtend<Future<number>>()

// wait and asCompleted: futures in, the same futures out
const both = [executor.submit(square, 1), executor.submit(slow, 'a', 1)] as const
expectTypeOf(await wait(both)).toEqualTypeOf<{
  readonly done: Set<Future<number> | Future<string>>
  readonly notDone: Set<Future<number> | Future<string>>
}>()
expectTypeOf(
  wait([new Pool(1).applyAsync(square, [1])], { returnWhen: 'FIRST_COMPLETED' }),
).resolves.toExtend<{
  done: Set<AsyncResult<number>>
}>()
for await (const done of asCompleted([executor.submit(square, 1)])) {
  // A future, not what it gives.
  expectTypeOf(done).toEqualTypeOf<Future<number>>()
}
// @ts-expect-error -- promises are no futures
void wait([Promise.resolve(1)])
// @ts-expect-error -- no such mode
void wait([], { returnWhen: 'SOON' })

// group: what the body returns
expectTypeOf(group(executor, scope => scope.submit(square, 3))).toEqualTypeOf<Promise<number>>()
expectTypeOf(group(executor, async () => 'x', { timeout: 5 })).toEqualTypeOf<Promise<string>>()

// making and leaving
void new ThreadPoolExecutor()
void new ProcessPoolExecutor({ maxWorkers: 3, initializer: (n: number) => void n, initargs: [1] })
expectTypeOf(createExecutor('threads')).toExtend<ThreadPoolExecutor>()
expectTypeOf(createExecutor('processes', { maxWorkers: 2 })).toExtend<ProcessPoolExecutor>()
expectTypeOf(executor).toExtend<Executor>()
// @ts-expect-error -- an executor's word is maxWorkers
void new ThreadPoolExecutor({ processes: 2 })
// @ts-expect-error -- no such kind
void createExecutor('fibres')
{
  await using scoped = new ThreadPoolExecutor({ maxWorkers: 1 })
  expectTypeOf(scoped.shutdown({ wait: false, cancelFutures: true })).toEqualTypeOf<Promise<void>>()
}

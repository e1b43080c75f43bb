import { expectTypeOf } from 'expect-type'
import {
  activeChildren,
  activeThreads,
  cpuCount,
  currentProcess,
  currentThread,
  ManycoreError,
  parentProcess,
  Process,
  Thread,
  TimeoutError,
} from 'manycore'

const greet = (name: string, times: number): string => name.repeat(times)

// The arguments follow the target, and the result is what it returns.
const child = new Process({ target: greet, args: ['a', 2], name: 'greeter', daemon: true })
expectTypeOf(child.start()).toEqualTypeOf(child)
expectTypeOf(child.result()).toEqualTypeOf<Promise<string>>()
expectTypeOf(child.join({ timeout: 5 })).toEqualTypeOf<Promise<boolean>>()
expectTypeOf(child.exitCode).toEqualTypeOf<number | null>()
expectTypeOf(child.name).toEqualTypeOf<string>()
expectTypeOf(child.isAlive()).toEqualTypeOf<boolean>()
expectTypeOf(new Thread({ target: async () => 3 }).result()).toEqualTypeOf<Promise<number>>()

expectTypeOf(new Process({ target: (n: number) => n, args: new Set([1]) }).result()).toEqualTypeOf<
  Promise<number>
>()
expectTypeOf(new Thread({ target: (a, b) => a + b, args: [1, 2] }).result()).toEqualTypeOf<Promise<number>>()

// @ts-expect-error -- an argument of another type
void new Process({ target: greet, args: [1, 2] })
// @ts-expect-error -- an argument is missing
void new Process({ target: greet, args: ['a'] })
// @ts-expect-error -- an iterable of other things
void new Process({ target: (n: number) => n, args: new Set(['a']) })
// @ts-expect-error -- not a function
void new Process({ target: greet('a', 1) })
// @ts-expect-error -- an unknown option
void new Process({ target: () => 1, deamon: true })
// @ts-expect-error -- a thread has no environment of its own
void new Thread({ target: () => 1, env: {} })

// A subclass with state and a run() of its own.
class Clock extends Process {
  readonly ms: number
  constructor(ms: number) {
    super()
    this.ms = ms
  }
  override async run(): Promise<number> {
    return this.ms
  }
}
expectTypeOf(new Clock(5).start()).toEqualTypeOf<Clock>()

expectTypeOf(cpuCount()).toEqualTypeOf<number>()
expectTypeOf(currentProcess().pid).toExtend<number | undefined>()
expectTypeOf(parentProcess()).toBeNullable()
expectTypeOf(activeChildren()).toBeArray()
expectTypeOf(activeThreads()).toBeArray()
expectTypeOf(currentThread().name).toEqualTypeOf<string>()

// Errors narrow by class and by brand.
const caught: unknown = new Error('x')
if (caught instanceof TimeoutError) expectTypeOf(caught.timeout).toEqualTypeOf<number>()
if (ManycoreError.is(caught)) expectTypeOf(caught.code).toEqualTypeOf<string>()

import { expectTypeOf } from 'expect-type'
import { Barrier, BoundedSemaphore, Condition, Event, Guard, Local, Lock, RLock, Semaphore } from 'manycore'

const lock = new Lock({ name: 'till', onOwnerDeath: 'throw', detectDeadlocks: true })
expectTypeOf(lock.acquire()).resolves.toEqualTypeOf<Guard>()
expectTypeOf(lock.acquire({ timeout: 5, signal: AbortSignal.abort() })).resolves.toEqualTypeOf<Guard>()
expectTypeOf(lock.tryAcquire()).toEqualTypeOf<Guard | null>()
expectTypeOf(lock.acquireSync({ blockMainThread: true })).toEqualTypeOf<Guard>()
expectTypeOf(lock.run(() => 5)).resolves.toEqualTypeOf<number>()
expectTypeOf(lock.run(async () => 'five')).resolves.toEqualTypeOf<string>()
expectTypeOf(new RLock().run(async () => 'five')).resolves.toEqualTypeOf<string>()
// @ts-expect-error -- there is no such answer to a death
new Lock({ onOwnerDeath: 'ignore' })
// @ts-expect-error -- milliseconds are a number
void lock.acquire({ timeout: '5' })

const guard = await lock.acquire()
expectTypeOf(guard.abandoned).toEqualTypeOf<boolean>()
expectTypeOf(guard).toExtend<Disposable & AsyncDisposable>()

expectTypeOf(new Semaphore(2).value).toEqualTypeOf<number>()
expectTypeOf(new BoundedSemaphore()).toExtend<Semaphore>()
// @ts-expect-error -- how many, not what
new Semaphore('2')

const condition = new Condition(lock)
expectTypeOf(condition.wait({ timeout: 5 })).resolves.toEqualTypeOf<boolean>()
expectTypeOf(condition.waitFor((): string => 'yes')).resolves.toEqualTypeOf<string>()
// @ts-expect-error -- an event is no lock
new Condition(new Event())

expectTypeOf(new Event().wait()).resolves.toEqualTypeOf<boolean>()
expectTypeOf(new Barrier(2, { action: () => {} }).wait()).resolves.toEqualTypeOf<number>()

const local = new Local<string>()
expectTypeOf(local.value).toEqualTypeOf<string | undefined>()
expectTypeOf(local.run('a', () => 5)).toEqualTypeOf<number>()
// @ts-expect-error -- it holds texts
local.value = 5

import { type Cell, registerHandle } from '../memory/index.ts'
import { Barrier, type BarrierOptions } from './barrier.ts'
import type { BaseLock, LockOptions } from './base-lock.ts'
import { BoundedSemaphore } from './bounded-semaphore.ts'
import { Condition } from './condition.ts'
import { Event } from './event.ts'
import { Local } from './local.ts'
import { Lock } from './lock.ts'
import { RLock } from './rlock.ts'
import { Semaphore } from './semaphore.ts'

/*
 * How each of them travels: the words it lives in, and what its maker said.
 */
for (const Class of [Lock, RLock]) {
  registerHandle<BaseLock>({
    name: Class.name,
    from: import.meta.url,
    claims: value => value instanceof Class,
    parts: lock => lock.parts,
    data: lock => ({ ...lock.options, name: lock.name }),
    make: (cells, options) => new Class(options as LockOptions, cells as Cell[]),
  })
}

for (const Class of [Semaphore, BoundedSemaphore]) {
  registerHandle<Semaphore>({
    name: Class.name,
    from: import.meta.url,
    claims: value =>
      value instanceof Semaphore && value instanceof BoundedSemaphore === (Class === BoundedSemaphore),
    parts: semaphore => [semaphore.cell],
    data: semaphore => semaphore.name,
    make: ([cell], name) => new Class(0, { name: name as string }, cell as Cell),
  })
}

registerHandle<Event>({
  name: 'Event',
  from: import.meta.url,
  claims: value => value instanceof Event,
  parts: event => [event.cell],
  data: event => event.name,
  make: ([cell], name) => new Event({ name: name as string }, cell as Cell),
})

registerHandle<Condition>({
  name: 'Condition',
  from: import.meta.url,
  claims: value => value instanceof Condition,
  parts: condition => condition.cells,
  data: condition => ({ lock: condition.lock, name: condition.name }),
  make: (cells, data) => {
    const { lock, name } = data as { lock: BaseLock; name: string }
    return new Condition(lock, { name }, cells as Cell[])
  },
})

registerHandle<Barrier>({
  name: 'Barrier',
  from: import.meta.url,
  claims: value => value instanceof Barrier,
  parts: barrier => barrier.cells,
  data: barrier => ({ ...barrier.options, name: barrier.name }),
  make: (cells, options) => new Barrier(1, options as BarrierOptions, cells as Cell[]),
})

registerHandle<Local>({
  name: 'Local',
  from: import.meta.url,
  claims: value => value instanceof Local,
  parts: local => [local.identity],
  data: local => local.initial,
  make: ([cell], initial) => new Local(initial as (() => unknown) | undefined, cell as Cell),
})

import { privateNameUsedBy } from '../capture/index.ts'
import { type Kind, registerKind } from '../codec/index.ts'
import type { BaseWorker } from './base-worker.ts'
import { processStarter, threadStarter } from './start.ts'
import type { Thread } from './thread.ts'
import { adoptWorker, isWorkerObject, stateOf } from './worker-state.ts'

interface Travelling {
  readonly constructor_: unknown
  readonly fields: unknown
  readonly name: string
  readonly daemon: boolean
  readonly kind: 'process' | 'thread'
  /** `undefined`: not started yet. It may be on its way to become the worker that unpacks it, see `runSelf`. */
  readonly pid: number | undefined
  /** Of a thread that was started. */
  readonly threadId: number | undefined
  /** For a `run()` of its own that calls `super.run()`. */
  readonly target: unknown
  readonly args: unknown
}

const REMEDY = 'What is private to it stays here. Use fields without #, or pass what run() needs as args.'

/** An object of `Process`, `Thread` or a subclass: its class, its own fields, and whom it stands for. */
const WORKER: Kind<BaseWorker, Travelling> = {
  name: 'worker',
  module: import.meta.url,
  claims: isWorkerObject,
  pack(worker, packer) {
    // One that runs elsewhere already is only told apart by others.
    const hidden = worker.pid === undefined ? privateNameUsedBy(worker.constructor, 'run') : undefined
    if (hidden !== undefined)
      packer.refuse(`a ${worker.constructor.name} whose run() uses the private name #${hidden}`, REMEDY)
    const { starter, options, daemon, name } = stateOf(worker)
    return {
      constructor_: packer.slot(worker.constructor, '.constructor'),
      // oxlint-disable-next-line typescript/no-misused-spread -- its class travels beside its fields
      fields: packer.slot({ ...worker }, ''),
      name,
      daemon,
      kind: starter.kind,
      pid: worker.pid,
      threadId: (worker as Partial<Thread>).id,
      target: packer.slot(options?.target, '.target'),
      args: packer.slot([...(options?.args ?? [])], '.args'),
    }
  },
  make({ constructor_, name, daemon, kind, pid, threadId }, unpacker) {
    const { prototype } = unpacker.value(constructor_ as never) as { readonly prototype: object }
    const worker = Object.create(prototype) as BaseWorker
    const starter = kind === 'thread' ? threadStarter : processStarter
    adoptWorker(worker, starter, { name, daemon, pid, threadId, self: false })
    return worker
  },
  fill(worker, { fields, target, args }, unpacker) {
    stateOf(worker).options = {
      target: unpacker.value(target as never) as never,
      args: unpacker.value(args as never) as never,
    }
    Object.assign(worker, unpacker.value(fields as never))
  },
}
registerKind(WORKER as never)

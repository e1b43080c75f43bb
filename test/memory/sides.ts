import { fork } from 'node:child_process'
import { describe } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { Abilities } from '../../src/codec/index.ts'
import { threadEnded, treeFile } from '../../src/memory/index.ts'
import { type Packed, unwrap, wrap } from './packed.ts'
import type { Answer, Call } from './receiver.ts'

const RECEIVER = new URL('receiver.js', import.meta.url)
const FD = 5

/** Something that runs calls elsewhere. */
export interface Side {
  readonly pid: number
  /** Calls an export of the module at `url`. */
  call(url: string, name: string, ...args: unknown[]): Promise<unknown>
  /** Ends it at once: SIGKILL, or terminate(). */
  kill(): Promise<void>
}

export interface SideOptions {
  /** It shares no tree file with this process. */
  readonly stranger?: boolean
  readonly env?: Readonly<Record<string, string>>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

class Remote implements Side {
  readonly pid: number
  readonly #can: Abilities
  readonly #send: (call: Call) => void
  readonly #kill: () => Promise<void>
  readonly #waiting = new Map<number, Waiting>()
  #calls = 0

  constructor(pid: number, can: Abilities, send: (call: Call) => void, kill: () => Promise<void>) {
    this.pid = pid
    this.#can = can
    this.#send = send
    this.#kill = kill
  }

  call(module: string, name: string, ...args: unknown[]): Promise<unknown> {
    const id = this.#calls++
    const packed = wrap(args, 'args', this.#can)
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#send({ id, module, name, args: packed })
    })
  }

  async answered({ id, value, thrown }: Answer): Promise<void> {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    try {
      const got = await unwrap((value ?? thrown) as Packed)
      if (thrown) waiting?.reject(got)
      else waiting?.resolve(got)
    } catch (error) {
      waiting?.reject(error)
    }
  }

  ended(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error('the other side ended'))
    this.#waiting.clear()
  }

  kill(): Promise<void> {
    return this.#kill()
  }
}

export function startThread({ stranger = false, env }: SideOptions = {}): Side {
  const worker = new Worker(RECEIVER, {
    workerData: { tree: stranger ? undefined : treeFile() },
    ...(env && { env: { ...process.env, ...env } }),
  })
  const { threadId } = worker
  const side = new Remote(
    process.pid,
    { transfer: true, share: true },
    call => worker.postMessage(call),
    async () => void (await worker.terminate()),
  )
  worker.on('message', answer => void side.answered(answer))
  worker.on('exit', () => {
    threadEnded(threadId)
    side.ended()
  })
  return side
}

export function startProcess({ stranger = false, env }: SideOptions = {}): Side {
  const tree = stranger ? undefined : treeFile()
  const child = fork(RECEIVER, {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'ignore', tree ?? 'ignore'],
    env: { ...process.env, ...env, TEST_TREE: tree === undefined ? '' : String(FD) },
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const side = new Remote(
    child.pid as number,
    { transfer: false, share: false },
    call => void child.send(call),
    async () => {
      child.kill('SIGKILL')
      await ended
    },
  )
  child.on('message', answer => void side.answered(answer as Answer))
  child.on('exit', () => side.ended())
  return side
}

export interface Kind {
  readonly name: 'threads' | 'processes'
  start(options?: SideOptions): Side
}

/** The same tests with the other side in a thread and in a process. */
export function eachSide(body: (kind: Kind) => void): void {
  describe('threads', () => body({ name: 'threads', start: startThread }))
  describe('processes', () => body({ name: 'processes', start: startProcess }))
}

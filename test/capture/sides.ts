import { type ChildProcess, fork } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { capture, captureBoot, type Portable } from '../../src/capture/index.ts'
import { type Abilities, type Graph, prepare, unpack } from '../../src/codec/index.ts'

/** Where a captured function is called: here, in a thread, in a child process. */
export interface Side {
  readonly name: string
  readonly can: Abilities
  call(fn: Function, args: readonly unknown[]): Promise<unknown>
  close(): Promise<void>
}

type Answer = { id: number; value?: unknown; packed?: Graph; thrown?: Graph }

const RECEIVER = new URL('./receiver.js', import.meta.url)

/** Sends graphs and hands answers to who waits for them. */
abstract class RemoteSide implements Side {
  abstract readonly name: string
  abstract readonly can: Abilities
  readonly #waiting = new Map<number, (answer: Answer) => void>()
  #last = 0

  protected abstract post(message: unknown): void
  abstract close(): Promise<void>

  async call(fn: Function, args: readonly unknown[]): Promise<unknown> {
    const { graph } = capture(fn, 'pool.map', this.can)
    const id = ++this.#last
    const answer = await new Promise<Answer>(resolve => {
      this.#waiting.set(id, resolve)
      this.post({ id, boot: captureBoot(), graph, args })
    })
    if (answer.thrown) {
      await prepare(answer.thrown)
      throw unpack(answer.thrown)
    }
    if (!answer.packed) return answer.value
    await prepare(answer.packed)
    return unpack(answer.packed)
  }

  protected take(answer: Answer): void {
    this.#waiting.get(answer.id)?.(answer)
    this.#waiting.delete(answer.id)
  }
}

export class ThreadSide extends RemoteSide {
  readonly name = 'thread'
  readonly can = { transfer: true, share: true }
  readonly #worker = new Worker(RECEIVER)

  constructor() {
    super()
    this.#worker.on('message', answer => this.take(answer as Answer))
  }

  protected post(message: unknown): void {
    this.#worker.postMessage(message)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}

export class ProcessSide extends RemoteSide {
  readonly name = 'process'
  readonly can = { transfer: false, share: false }
  readonly #child: ChildProcess = fork(RECEIVER, { serialization: 'advanced' })

  constructor() {
    super()
    this.#child.on('message', answer => this.take(answer as Answer))
  }

  protected post(message: unknown): void {
    this.#child.send(message as object)
  }

  async close(): Promise<void> {
    const ended = new Promise<void>(resolve => this.#child.once('exit', () => resolve()))
    this.#child.kill()
    await ended
  }
}

/** Rebuilds the function in this very thread, as if it were another: it does not know what came from here. */
export class HereSide implements Side {
  readonly name = 'here'
  readonly can = { transfer: true, share: true }

  async call(fn: Function, args: readonly unknown[]): Promise<unknown> {
    const graph = asStranger(capture(fn, 'pool.map', this.can))
    await prepare(graph)
    const made = unpack(graph) as (...args: readonly unknown[]) => unknown
    return /^class\b/.test(String(made)) ? made : made(...args)
  }

  async close(): Promise<void> {}
}

/** A copy of the graph in which no function knows where it is from. */
export function asStranger({ graph }: Portable): Graph {
  const copy = structuredClone(graph)
  for (const payload of copy.graph[5] as { origin?: string }[]) {
    if (payload && typeof payload === 'object' && 'origin' in payload) delete payload.origin
  }
  return copy
}

import type { MessagePort, Transferable } from 'node:worker_threads'
import { LargeCopies } from '../codec/index.ts'
import type { ToProgram, ToWorker } from '../wire/index.ts'
import { changePayloads } from './payloads.ts'

/**
 * Sends a message to another thread. Structured clone copies each block of bytes twice, into its own memory and out of
 * it again; large ones are copied once here, and the copies are handed over. What is sent keeps its own: it may be sent
 * again, to another worker.
 */
export function post(
  port: MessagePort,
  message: ToWorker | ToProgram,
  fromWorker: boolean,
  transfer: readonly unknown[] | undefined,
): void {
  let copies: LargeCopies | undefined
  const changed = changePayloads(message, fromWorker, (value, packed) => {
    copies ??= new LargeCopies(transfer ?? [])
    return copies.put(value, packed)
  })
  const moved = copies && copies.buffers.length > 0 ? [...(transfer ?? []), ...copies.buffers] : transfer
  port.postMessage(changed, moved as Transferable[] | undefined)
}

import { createError, stackText } from '../base/index.ts'
import { Attempts } from './attempts.ts'
import type { Graph } from './graph.ts'
import type { Abilities } from './kind.ts'
import { reasonText } from './reason.ts'
import { isError } from './kinds/error-form.ts'
import { GraphPacker } from './packer.ts'
import { refusal } from './refusal.ts'

/** Packs whatever was thrown. Never throws: what can't cross is left out and said so. */
export function packThrown(thrown: unknown, can: Abilities): Graph {
  try {
    return packer(can).run(thrown)
  } catch (reason) {
    return packRest(thrown, can, reason)
  }
}

/** It changes while it is read, or it is no error: without its properties, or a stand-in for it. */
function packRest(thrown: unknown, can: Abilities, reason: unknown): Graph {
  try {
    if (isError(thrown)) return packer(can, new Attempts(0)).run(thrown)
  } catch {
    // Even so. What is left is to tell of it.
  }
  return packer(can).run(standIn(thrown, reason))
}

function packer(can: Abilities, attempts?: Attempts): GraphPacker {
  return new GraphPacker('error', can, new Set(), attempts)
}

/** For a thrown value that is no error and can't cross: a socket, a function, a Proxy. */
function standIn(thrown: unknown, reason: unknown): Error {
  let kind = 'something'
  try {
    kind = refusal(thrown).kind
  } catch {
    // It resists even being described.
  }
  const remoteMessage = `${kind} was thrown, which can't cross: ${reasonText(reason)}`
  return createError('REMOTE', { remoteName: kind, remoteMessage, remoteStack: '' })
}

/** Where the value of `joinStacks` was sent from. */
export interface Origin {
  /** The worker's name: `PoolWorker-3`. */
  readonly worker: string
  /** The stack of the call that sent the work, as `new Error().stack` gives it. */
  readonly localStack: string
}

/**
 * Lets an error that came back show both stacks: where it was thrown over there and, after a dividing line, where
 * the work was sent from here. The stack over there alone stays in `error.remoteStack`. Anything but an error, or
 * one that can't be changed, is left as it is.
 */
export function joinStacks(error: unknown, { worker, localStack }: Origin): void {
  if (!isError(error) || !Object.isExtensible(error)) return
  const remote = stackText(error)
  const frames = localStack.split('\n').filter(line => /^\s+at /.test(line))
  const value = [remote, `    at — sent to ${worker} from —`, ...frames].join('\n')
  Object.defineProperty(error, 'stack', { value, enumerable: false, writable: true, configurable: true })
  if (Object.hasOwn(error, 'remoteStack')) return
  Object.defineProperty(error, 'remoteStack', {
    value: remote,
    enumerable: false,
    writable: true,
    configurable: true,
  })
}

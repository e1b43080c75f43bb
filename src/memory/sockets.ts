import type { Server, Socket } from 'node:net'
import { createError, describe } from '../base/index.ts'
import { inodeOf } from './platform/inode.ts'
import { platform } from './platform/pick.ts'
import type { Place, SocketPassing } from './platform/platform.ts'

/*
 * How an open socket gets to another thread or process: the receiver makes a descriptor of its own for the same socket,
 * and a Socket or Server over it. The sender's stays as it is until it is closed there.
 */

export type SocketOrServer = Socket | Server

/** A socket on its way. Plain data, checked by whoever takes it. */
export interface SocketTicket {
  readonly place: Place
  /** Where the place means anything. */
  readonly home: string
  readonly form: 'socket' | 'server'
  readonly allowHalfOpen: boolean
  readonly pauseOnConnect: boolean
  /** What the sender had received and nobody had read. */
  readonly unread: Uint8Array | undefined
}

/** What Node keeps beside the public face of both. */
interface Inside {
  readonly _handle?: { readonly fd?: number; reading?: boolean; readStop?(): void } | null
  readonly allowHalfOpen?: boolean
  readonly pauseOnConnect?: boolean
}

/** A socket or server that may be handed over, and is read here no more. */
export class LentSocket {
  readonly #thing: SocketOrServer
  readonly #unread: Uint8Array | undefined

  /** Throws `SOCKET_UNFIT`, `SOCKETS_CONFINED`. */
  constructor(thing: unknown) {
    const reason = whyUnfit(thing)
    if (reason !== undefined) throw createError('SOCKET_UNFIT', { got: describe(thing), reason })
    passing(describe(thing))
    this.#thing = thing as SocketOrServer
    this.#unread = isServer(this.#thing) ? undefined : stopReading(this.#thing)
  }

  /**
   * What has to cross. `path`: what it is called in errors. `far`: it certainly goes to another process.
   * Throws `SOCKET_UNFIT` when it was closed meanwhile, `SOCKETS_CONFINED` when other processes can't take it.
   */
  ticket(path: string, far: boolean): SocketTicket {
    const thing = this.#thing
    const descriptor = descriptorOf(thing)
    if (descriptor < 0) {
      throw createError('SOCKET_UNFIT', { got: describe(thing), reason: 'it was closed meanwhile' })
    }
    const sockets = passing(path)
    const reason = sockets.allow(descriptor)
    if (far && reason !== undefined) throw createError('SOCKETS_CONFINED', { path, reason })
    const { allowHalfOpen = false, pauseOnConnect = false } = thing as Inside
    return {
      place: [process.pid, descriptor, inodeOf(descriptor)],
      home: sockets.home,
      form: isServer(thing) ? 'server' : 'socket',
      allowHalfOpen,
      pauseOnConnect,
      unread: this.#unread,
    }
  }
}

/** Makes the socket or server of this thread. Throws `SOCKET_GONE`, `SOCKETS_CONFINED`. */
export function openSocket(ticket: SocketTicket): SocketOrServer {
  if (!isTicket(ticket)) throw new TypeError('its reference is damaged')
  const { place, home, form, unread, allowHalfOpen, pauseOnConnect } = ticket
  const sockets = passing('a socket')
  if (home !== sockets.home) {
    throw createError('SOCKET_GONE', {
      pid: place[0],
      reason: 'that was on another machine or in another container',
    })
  }
  const { Server, Socket } = process.getBuiltinModule('node:net')
  const fd = sockets.take(place)
  try {
    if (form === 'server') return new Server({ allowHalfOpen, pauseOnConnect }).listen({ fd })
    const socket = new Socket({ fd, readable: true, writable: true, allowHalfOpen })
    if (unread) socket.unshift(unread)
    return socket
  } catch (error) {
    sockets.close(fd)
    throw error
  }
}

function passing(path: string): SocketPassing {
  const { sockets, confined } = platform()
  if (sockets) return sockets
  throw createError('SOCKETS_CONFINED', { path, reason: confined ?? `not on ${process.platform} yet` })
}

function whyUnfit(thing: unknown): string | undefined {
  const { Server, Socket } = process.getBuiltinModule('node:net')
  if (thing instanceof Server) {
    if ('setSecureContext' in thing) return 'it speaks TLS, which lives in this thread'
    return descriptorOf(thing) < 0 ? 'it does not listen' : undefined
  }
  if (!(thing instanceof Socket)) return 'it is no socket or server of node:net'
  if ('encrypted' in thing) return 'it speaks TLS, which lives in this thread'
  if (thing.connecting) return 'it is still connecting'
  if (descriptorOf(thing) < 0) return 'it is closed'
  if (thing.writableLength > 0) return `${thing.writableLength} bytes are still to be written here`
  if (thing.readableEncoding !== null && thing.readableLength > 0) return 'it has read text that nobody took'
  return undefined
}

/** -1: it has none, or none any more. */
function descriptorOf(thing: SocketOrServer): number {
  return (thing as unknown as Inside)._handle?.fd ?? -1
}

function isServer(thing: SocketOrServer): thing is Server {
  return thing instanceof process.getBuiltinModule('node:net').Server
}

/** What comes from now on is the receiver's. Gives what came before. */
function stopReading(socket: Socket): Uint8Array | undefined {
  socket.pause()
  // Paused, Node goes on filling its buffer.
  const handle = (socket as unknown as Inside)._handle
  handle?.readStop?.()
  if (handle) handle.reading = false
  const unread = socket.readableLength > 0 ? (socket.read(socket.readableLength) as Buffer | null) : null
  // A copy: its buffer holds other bytes too, and would cross whole.
  return unread ? new Uint8Array(unread) : undefined
}

/** Whatever crossed a pipe may be damaged. */
function isTicket(ticket: unknown): boolean {
  const { place, home, form, unread } = (ticket ?? {}) as Partial<Record<keyof SocketTicket, unknown>>
  return (
    Array.isArray(place) &&
    place.length === 3 &&
    place.every(number => Number.isSafeInteger(number) && (number as number) >= 0) &&
    typeof home === 'string' &&
    (form === 'socket' || form === 'server') &&
    (unread === undefined || unread instanceof Uint8Array)
  )
}

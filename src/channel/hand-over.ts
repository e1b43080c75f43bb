import { registerKind } from '../codec/index.ts'
import { LentSocket, openSocket, type SocketOrServer, type SocketTicket } from '../memory/index.ts'
import { isQueued } from './encode.ts'

registerKind<object, SocketTicket | null>({
  name: 'socket',
  module: import.meta.url,
  classes: [LentSocket],
  pack(lent, packer) {
    // A message in a queue may be taken by a thread of this process, whatever other processes may do.
    const far = !packer.can.share && !isQueued()
    return (lent as LentSocket).ticket(packer.pathText(), far)
  },
  // Without a ticket: it was only looked at, in a queue.
  make: ticket => (ticket === null ? {} : openSocket(ticket)),
})

/**
 * Lets an open socket or server be sent to another thread or process of this machine: as an argument or result, in a
 * capture, by a queue or connection. There it arrives as a `net.Socket` or `net.Server` of that thread's own, over the
 * same socket. Linux only. Python's `multiprocessing.reduction`, which does it for every socket that is sent; here it
 * has to be asked for, and a bare socket is refused (`CANNOT_CLONE`).
 *
 * From this call on, the socket is not read here; bytes that were received and not read yet go along. So call it as
 * soon as there is a connection, or make the server with `pauseOnConnect: true`. The sender's own stays open: the
 * connection ends when all who have it have closed it. Once the other side has it, `destroy()` the socket here
 * (`end()` would end the connection for both), or `close()` the server, which until then accepts connections too.
 * To hand over a socket lets other processes of the same user look into this one where the system protects it from
 * that (`ptrace_scope` 1).
 * @param socket a connected `net.Socket` with nothing left to write, or a listening `net.Server` (of HTTP too: over there,
 *   `http.createServer(…).listen(server)`); not of TLS
 * @returns what to send in its place; of the same type, so that it fits where the socket is expected, but good for
 *   sending alone
 * @throws `SOCKET_UNFIT` when it is closed, still connecting or writing, or no socket; `SOCKETS_CONFINED` where
 *   the system can't do it. The receiver gets `SOCKET_GONE` when it was closed here too early, or the system forbids it.
 * @example
 * import { once } from 'node:events'
 * import { connect, createServer } from 'node:net'
 * import { handOver, Process } from 'manycore'
 * const server = createServer({ pauseOnConnect: true }).listen(0)
 * await once(server, 'listening')
 * const client = connect(server.address().port)
 * const [accepted] = await once(server, 'connection')
 * const worker = new Process({ target: socket => void socket.end('from another process'), args: [handOver(accepted)] })
 * worker.start()
 * const [text] = await once(client, 'data')
 * String(text)   // 'from another process'
 * accepted.destroy()
 * await worker.join()
 * server.close()
 */
export function handOver<T extends SocketOrServer>(socket: T): T {
  return new LentSocket(socket) as unknown as T
}

import {
  ClosedError,
  CodecError,
  Empty,
  EOFError,
  Full,
  MemoryError,
  OwnerDiedError,
  RemoteError,
  ShutDown,
  TimeoutError,
  UsageError,
} from '../error-classes.ts'
import { type ErrorRow, row } from './row.ts'
import { forSoLong } from './texts.ts'

/** Shared memory, queues and pipes. */
export const SHARING = {
  // ── shared memory ───────────────────────────────────────────────────────────────────────────────────────────
  MEMORY_FULL: row<{ size: number; reason: string }>(
    MemoryError,
    f => `no shared memory${f.size > 0 ? ` of ${f.size} bytes` : ''} could be had: ${f.reason}`,
    'Close what is not needed any more, or give the program (its container, /dev/shm) more memory, to which it may write.',
  ),
  MEMORY_GONE: row<{ what: string; reason: string }>(
    MemoryError,
    f => `${f.what} can't be reached: ${f.reason}`,
    'Keep the object, or the worker that made it, until it has arrived where it was sent.',
  ),
  MEMORY_CONFINED: row<{ path?: string; reason: string }>(
    MemoryError,
    f =>
      `${f.path ?? 'a shared object'} can't cross to another process: only threads share memory here (${f.reason})`,
    'Use threads (Thread, ThreadPool), or remove the cause in brackets.',
  ),
  SOCKET_UNFIT: row<{ got: string; reason: string }>(
    UsageError,
    f => `handOver() can't hand over ${f.got}: ${f.reason}`,
    'Hand over a connected net.Socket or a listening net.Server; of TLS, the plain one before TLS begins.',
  ),
  SOCKETS_CONFINED: row<{ path: string; reason: string }>(
    MemoryError,
    f => `${f.path} can't be handed over from here: ${f.reason}`,
    'Let each worker connect or listen for itself, or keep the socket here and pass its bytes through a Pipe.',
  ),
  SOCKET_GONE: row<{ pid: number; reason: string }>(
    MemoryError,
    f => `the socket that process ${f.pid} handed over can't be taken: ${f.reason}`,
    'The sender keeps its own end open until it has arrived; where the system forbids it, pass the bytes through a Pipe.',
  ),
  MEMORY_NAME_EXISTS: row<{ name: string }>(
    MemoryError,
    f => `there is shared memory of the name '${f.name}' already`,
    'Leave out create to attach to it, choose another name, or unlink() the old one.',
  ),
  MEMORY_NAME_UNKNOWN: row<{ name: string }>(
    MemoryError,
    f => `there is no shared memory of the name '${f.name}'`,
    'Make it first with create: true; a name ends with unlink() or with the last program that uses it.',
  ),
  MEMORY_REFUSED: row<{ name: string; reason: string }>(
    MemoryError,
    f => `the shared memory '${f.name}' could not be opened: ${f.reason}`,
    'It has to belong to the same user, and the place for it (/dev/shm) has to be writable; or choose another name.',
  ),
  LIST_INDEX: row<{ index: unknown; length: number; call: string }>(
    UsageError,
    f => `${f.call}: there is no item ${String(f.index)} in a ShareableList of ${f.length}`,
    'Use whole numbers from 0 to length - 1, or from -1 down to -length, counted from the end.',
  ),
  LIST_VALUE: row<{ call: string; got: string; reason: string }>(
    UsageError,
    f => `${f.call}: ${f.got} can't be stored, because ${f.reason}`,
    'Store numbers, bigints of 64 bits, booleans, strings, bytes or null, within the room that the first value took.',
  ),
  LIST_DAMAGED: row<{ name: string; reason: string }>(
    MemoryError,
    f => `the shared memory '${f.name}' holds no ShareableList that can be read: ${f.reason}`,
    'Check the name; if the name is right, another program has overwritten it.',
  ),
  MEMORY_SEATS: row<{ most: number }>(
    MemoryError,
    f => `more than ${f.most} threads share memory`,
    'Let some of the workers end.',
  ),
  MEMORY_CLOSED: row<{ what: string; result: string }>(
    ClosedError,
    f => `${f.what} was closed, so ${f.result}`,
    'Close it when it is not needed any more; or attach to it again, where it has a name.',
  ),
  CANNOT_DECODE: row<{ path: string; reason: string }>(
    CodecError,
    f => `${f.path} could not be rebuilt on this side: ${f.reason}`,
    'Declare its class in a module that both sides import, with registerClass() there, or send plain data.',
  ),
  REMOTE: row<{ remoteName: string; remoteMessage: string; remoteStack: string }>(
    RemoteError,
    f => f.remoteMessage,
    'The class of the original error is not known here; registerClass() it to get it back as it was.',
  ),

  // ── queues and pipes ────────────────────────────────────────────────────────────────────────────────────────
  QUEUE_EMPTY: row<{ channel: string; timeout: number }>(
    Empty,
    f => `${f.channel} was empty${forSoLong(f.timeout)}`,
    'Nothing to mend if you asked without waiting; else wait longer, or see why nothing is put.',
  ),
  QUEUE_FULL: row<{ channel: string; timeout: number }>(
    Full,
    f => `${f.channel} was full${forSoLong(f.timeout)}`,
    'Wait longer, take more out, or make the queue larger.',
  ),
  QUEUE_SHUT_DOWN: row<{ channel: string }>(
    ShutDown,
    f => `${f.channel} was shut down`,
    'Nothing to mend: shutdown() tells those who put and get that the work is over.',
  ),
  CHANNEL_BUSY: row<{ channel: string; call: string }>(
    TimeoutError,
    f =>
      `${f.call} of ${f.channel} could not look: another thread is in the middle of a large message, and its event loop does not go on`,
    'Try again, or wait: without a limit, or with a timeout. That thread goes on when it has computed.',
  ),
  CHANNEL_CLOSED: row<{ channel: string; call: string }>(
    ClosedError,
    f => `${f.call} of ${f.channel} was called after its close()`,
    'Close it after the last use in this thread; other threads and processes may go on using theirs.',
  ),
  CHANNEL_DAMAGED: row<{ channel: string; what: string }>(
    CodecError,
    f => `the shared memory of ${f.channel} was overwritten by somebody else: ${f.what} can't be right`,
    'Make a new one; look for native code that writes where it should not.',
  ),
  MESSAGE_TOO_LARGE: row<{ channel: string; size: number; largest: number }>(
    CodecError,
    f => `a message of ${f.size} bytes is more than ${f.channel} can hold (${f.largest})`,
    'Send it in parts, or put it in shared memory or a file and send where it is.',
  ),
  TASK_DONE_TOO_OFTEN: row<{ channel: string }>(
    UsageError,
    f => `taskDone() of ${f.channel} was called more often than items were put`,
    'Call it once for each item that get() gave.',
  ),
  NOT_COMPARABLE: row<{ channel: string; got: string; others: string }>(
    UsageError,
    f => `${f.channel} can't tell where ${f.got} belongs among ${f.others}`,
    'Put numbers only, texts only, or arrays that begin with them ([priority, item]), or give { compare: (a, b) => number }.',
  ),
  TASKS_ABANDONED: row<{ channel: string; count: number }>(
    OwnerDiedError,
    f => `${f.count} items of ${f.channel} were taken by threads that died before they said taskDone()`,
    'They count as done now; put them again if they have to be worked on.',
  ),
  END_OF_FILE: row<{ channel: string }>(
    EOFError,
    f => `${f.channel} has nothing more to give: its other end is closed`,
    'Nothing to mend: this is how a reader learns that the writer is done, or dead.',
  ),
  BROKEN_PIPE: row<{ channel: string }>(
    ClosedError,
    f => `nobody can read any more what is sent through ${f.channel}: its other end is closed`,
    'See why the reader left early; what was sent before may not have been read.',
  ),
  WRONG_DIRECTION: row<{ channel: string; call: string; direction: string }>(
    UsageError,
    f => `${f.call} of ${f.channel} was called, which only ${f.direction}`,
    'Pipe({ duplex: false }) gives [reader, writer]; with duplex, both ends do both.',
  ),
  MESSAGE_TOO_LONG: row<{ channel: string; size: number; most: number }>(
    UsageError,
    f => `${f.channel} received a message of ${f.size} bytes where at most ${f.most} were allowed`,
    'Allow more, or find out who sends more. The connection is closed for reading.',
  ),
  BUFFER_TOO_SHORT: row<{ channel: string; size: number; room: number; bytes: Uint8Array }>(
    UsageError,
    f => `a message of ${f.size} bytes from ${f.channel} does not fit into ${f.room} bytes`,
    'The message is in the field `bytes` of this error; give a larger buffer next time.',
  ),
  NOT_BYTES: row<{ channel: string }>(
    UsageError,
    f => `the next message of ${f.channel} is a value, not bytes`,
    'Take it with recv(); recvBytes() is for what sendBytes() sent.',
  ),
  NEEDS_LOADING: row<{ channel: string; call: string }>(
    UsageError,
    f =>
      `the next message of ${f.channel} holds a function of a module that is not loaded here, and ${f.call} can't wait for it`,
    'Take it with the asynchronous form, or import that module before.',
  ),
} as const satisfies Record<string, ErrorRow<never>>

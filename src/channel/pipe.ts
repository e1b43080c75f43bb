import { checkKnown, checkOneOf } from '../base/index.ts'
import { allocateCell } from '../memory/index.ts'
import { type Parts, createParts } from './channel.ts'
import { Connection } from './connection.ts'
import { End } from './end.ts'
import { END_WORDS } from './layout.ts'
import { channelFor } from './one-way.ts'

/** What `Pipe` takes. */
export interface PipeOptions {
  /** Whether both ends send and receive. `false`: the first receives, the second sends. Default true. */
  readonly duplex?: boolean | undefined
}

/**
 * Two connections that are each other's other end.
 *
 * @param options `duplex: false`: the first can only receive and the second only send
 * Errors: `WRONG_OPTION`, `UNKNOWN_OPTION`. Python: `multiprocessing.Pipe()`.
 * @example
 * const [here, there] = Pipe()
 * await there.send('hello')
 * await here.recv()   // 'hello'
 */
export function Pipe<A = unknown, B = A>(options: PipeOptions = {}): [Connection<A, B>, Connection<B, A>] {
  checkKnown('Pipe', options, ['duplex'], '{ duplex: false }')
  const { duplex = true } = options
  checkOneOf('Pipe', 'duplex', duplex, [true, false])
  const [first, second] = [newEnd(), newEnd()]
  const [toFirst, toSecond] = [createParts(0), duplex ? createParts(0) : undefined]
  return [connect<A, B>(first, second, toFirst, toSecond), connect<B, A>(second, first, toSecond, toFirst)]
}

function newEnd(): End {
  return new End(allocateCell(END_WORDS))
}

/** The connection over these parts. */
export function connect<Out, In>(
  own: End,
  peer: End,
  inbound: Parts | undefined,
  outbound: Parts | undefined,
): Connection<Out, In> {
  return new Connection<Out, In>({
    own,
    peer,
    inbound: inbound && channelFor(inbound),
    outbound: outbound && channelFor(outbound),
  })
}

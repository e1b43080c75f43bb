import { shareOwn } from '../capture/index.ts'
import { type Cell, type HandleKind, registerHandle, type Segment } from '../memory/index.ts'
import { Arrived, type BaseQueue, insideOf } from './base-queue.ts'
import type { Channel, Parts } from './channel.ts'
import { Connection, endsOf } from './connection.ts'
import { isQueued } from './encode.ts'
import { End } from './end.ts'
import { JoinableQueue } from './joinable-queue.ts'
import type { Compare } from './choice.ts'
import { LifoQueue } from './lifo-queue.ts'
import { connect } from './pipe.ts'
import { ArrivedInOrder, comparisonOf, PriorityQueue } from './priority-queue.ts'
import { Queue } from './queue.ts'
import { SimpleQueue } from './simple-queue.ts'
import { wait } from './wait.ts'

/*
 * How queues and connections travel: as the memory that they live in.
 */

type Part = Cell | Segment

function registerQueue(
  name: string,
  Class: { new (arrived: never): BaseQueue<unknown>; readonly prototype: object },
): void {
  registerHandle<BaseQueue<unknown>>({
    name,
    from: import.meta.url,
    claims: value => isOf(value, Class.prototype),
    parts: queue => partsOf(insideOf(queue).channel),
    isOver: queue => insideOf(queue).isClosed(),
    make: ([cell, segment]) =>
      new Class(new Arrived({ cell: cell as Cell, segment: segment as Segment }) as never),
  })
}

/** Exactly of this class: an instance of a user's subclass has more to it than the memory. */
function isOf(value: unknown, prototype: object): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === prototype
}

function partsOf(channel: Channel | undefined): Part[] {
  return channel ? [channel.parts.cell, channel.parts.segment] : []
}

registerQueue('queue', Queue)
registerQueue('simple-queue', SimpleQueue)
registerQueue('joinable-queue', JoinableQueue)
registerQueue('lifo-queue', LifoQueue)

registerHandle<PriorityQueue>({
  name: 'priority-queue',
  from: import.meta.url,
  claims: value => isOf(value, PriorityQueue.prototype),
  parts: queue => partsOf(insideOf(queue).channel),
  data: queue => comparisonOf(queue),
  isOver: queue => insideOf(queue).isClosed(),
  make([cell, segment], compare) {
    const arrived = new Arrived({ cell: cell as Cell, segment: segment as Segment })
    return new PriorityQueue(new ArrivedInOrder(arrived, compare as Compare | undefined) as never)
  },
})

type Ways = readonly [inbound: boolean, outbound: boolean]

const CONNECTION: HandleKind<Connection> = {
  name: 'connection',
  from: import.meta.url,
  claims: value => isOf(value, Connection.prototype),
  parts(connection) {
    const { own, peer, inbound, outbound } = endsOf(connection)
    return [own.cell, peer.cell, ...partsOf(inbound), ...partsOf(outbound)]
  },
  data(connection): Ways {
    const { own, inbound, outbound } = endsOf(connection)
    // As long as it is on its way, the other end has to go on.
    own.depart(isQueued())
    return [inbound !== undefined, outbound !== undefined]
  },
  arrived: connection => endsOf(connection).own.arrive(),
  isOver: connection => connection.closed,
  make([own, peer, ...ways], data) {
    const [inbound, outbound] = data as Ways
    const end = new End(own as Cell)
    const first = inbound ? pair(ways, 0) : undefined
    const second = outbound ? pair(ways, inbound ? 2 : 0) : undefined
    const connection = connect<unknown, unknown>(end, new End(peer as Cell), first, second)
    end.arrive()
    return connection
  },
}

function pair(parts: readonly Part[], at: number): Parts {
  return { cell: parts[at] as Cell, segment: parts[at + 1] as Segment }
}

registerHandle(CONNECTION)

// No export by itself.
shareOwn('connection.wait', wait)

import { expectTypeOf } from 'expect-type'
import {
  Connection,
  connection,
  JoinableQueue,
  LifoQueue,
  Pipe,
  PriorityQueue,
  Queue,
  SimpleQueue,
} from '../../../src/index.ts'

const queue = new Queue<number>(3)
expectTypeOf(queue.get()).toEqualTypeOf<Promise<number>>()
expectTypeOf(queue.getSync({ blockMainThread: true })).toEqualTypeOf<number>()
expectTypeOf(queue.put(1, { timeout: 5 })).toEqualTypeOf<Promise<void>>()
// @ts-expect-error -- not a number
void queue.put('one')
// @ts-expect-error -- no such option
void queue.get({ wait: true })
for await (const value of queue) expectTypeOf(value).toEqualTypeOf<number>()

expectTypeOf(new Queue().get()).toEqualTypeOf<Promise<unknown>>()
expectTypeOf(new JoinableQueue<string>().join()).toEqualTypeOf<Promise<boolean>>()
expectTypeOf(new SimpleQueue<string>().getNowait()).toEqualTypeOf<string>()
expectTypeOf(new LifoQueue<string>().qsize()).toEqualTypeOf<number>()
// @ts-expect-error -- a simple queue has no size
void new SimpleQueue(3)

const sorted = new PriorityQueue<{ cost: number }>({ compare: (a, b) => a.cost - b.cost })
expectTypeOf(sorted.get()).toEqualTypeOf<Promise<{ cost: number }>>()
expectTypeOf(new PriorityQueue<number>(5).get()).toEqualTypeOf<Promise<number>>()

const [here, there] = Pipe<string, number>()
expectTypeOf(here).toEqualTypeOf<Connection<string, number>>()
expectTypeOf(here.recv()).toEqualTypeOf<Promise<number>>()
expectTypeOf(there.recv()).toEqualTypeOf<Promise<string>>()
void here.send('text')
// @ts-expect-error -- it sends texts
void here.send(1)
expectTypeOf(here.recvBytes()).toEqualTypeOf<Promise<Buffer>>()
expectTypeOf(here.recvBytesInto(new Float64Array(2))).toEqualTypeOf<Promise<number>>()

expectTypeOf(connection.wait([here])).toEqualTypeOf<Promise<Connection<string, number>[]>>()
void connection.wait([here, there, Promise.resolve(), process.stdin], { timeout: 1 })
// @ts-expect-error -- nothing that can be waited for
void connection.wait([3])

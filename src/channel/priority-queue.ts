import { checkFunction, checkKnown } from '../base/index.ts'
import { Arrived, BaseQueue } from './base-queue.ts'
import { checkComparable, checkCompare, type Compare, naturalKey, naturalOrder, Smallest } from './choice.ts'

/** What `new PriorityQueue` takes. */
export interface PriorityQueueOptions<T> {
  /** How many values it holds at most; zero or less: any number. Default 0. */
  readonly maxsize?: number | undefined
  /**
   * Less than zero if `a` comes before `b`. It travels with the queue. Default: numbers, or texts, in their order; arrays
   * item by item. Connections and sockets in a value are empty objects to it: who compares does not hold them.
   */
  readonly compare?: ((a: T, b: T) => number) | undefined
}

const comparisons = new WeakMap<object, Compare | undefined>()

/** What was given as `compare`. */
export function comparisonOf(queue: object): Compare | undefined {
  return comparisons.get(queue)
}

/** What a priority queue that arrived from elsewhere is made over. */
export class ArrivedInOrder {
  readonly arrived: Arrived
  readonly compare: Compare | undefined

  constructor(arrived: Arrived, compare: Compare | undefined) {
    this.arrived = arrived
    this.compare = compare
  }
}

/**
 * A queue that gives the smallest value first, and of equal ones the oldest. A get takes the longer the more there
 * is in it. Python: `queue.PriorityQueue`; here between processes too.
 *
 * @param options a size, or `maxsize` and `compare`
 * Errors of `put()` besides those of other queues: `NOT_COMPARABLE`, for a text among numbers too, and `WRONG_OPTION`
 * for a `compare` that gives no number.
 * @example
 * const queue = new PriorityQueue<[number, string]>()
 * await queue.put([2, 'later'])
 * await queue.put([1, 'first'])
 * await queue.get()   // [1, 'first']
 */
export class PriorityQueue<T = unknown> extends BaseQueue<T> {
  constructor(options: number | PriorityQueueOptions<T> = {}) {
    const given = options as number | PriorityQueueOptions<T> | ArrivedInOrder
    const arrived = given instanceof ArrivedInOrder
    if (!arrived && typeof given !== 'number') checkOptions(given)
    const { compare } = (typeof given === 'number' ? {} : given) as { compare?: Compare }
    const maxsize = arrived ? given.arrived : typeof given === 'number' ? given : given.maxsize
    super('PriorityQueue', maxsize, {
      choice: compare ? new Smallest(compare) : new Smallest(naturalOrder as Compare, naturalKey),
      check: compare ? value => checkCompare(compare as never, value) : checkComparable,
    })
    comparisons.set(this, compare)
  }
}

function checkOptions(options: PriorityQueueOptions<never>): void {
  const where = 'new PriorityQueue()'
  checkKnown(where, options, ['maxsize', 'compare'], '{ maxsize: 10 }')
  if (options.compare !== undefined) checkFunction(`${where}'s compare`, options.compare)
}

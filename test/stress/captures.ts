import { setImmediate as turn } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { setFlagsFromString } from 'node:v8'
import { capture } from '../../src/capture/index.ts'

/*
 * Captures without end: new closures, new texts, the same function again. What is kept for them must not grow.
 */

const can = { transfer: true, share: true }
/** At first, caches fill. */
const FIRST = 0.2

export interface CapturesReport {
  /** Bytes of the heap that each capture after the first fifth has left behind, after a full collection. */
  readonly bytesEach: number
  /** Milliseconds of a capture, on the whole. */
  readonly msEach: number
}

/** Makes and measures so many captures. */
export async function manyCaptures(count: number): Promise<CapturesReport> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const measure = async (): Promise<number> => {
    // What finalizers let go of is gone after another turn.
    for (let i = 0; i < 4; i++) {
      collect()
      await turn()
    }
    return process.memoryUsage().heapUsed
  }
  const started = performance.now()
  const first = Math.ceil(count * FIRST)
  for (let i = 0; i < first; i++) captureOne(i)
  const before = await measure()
  for (let i = first; i < count; i++) captureOne(i)
  const msEach = (performance.now() - started) / count
  return { bytesEach: ((await measure()) - before) / (count - first), msEach }
}

const settings = { scale: 2 }
const half = (x: number) => x / 2
let changing = 0

function captureOne(i: number): void {
  const weight = new Array<number>(100).fill(i)
  changing = i
  capture(() => half(i) * settings.scale + changing + weight.length, 'stress', can)
  // oxlint-disable-next-line typescript/no-implied-eval -- a new script each time
  if (i % 10 === 0) capture(new Function(`return ${i % 100}`), 'stress', can)
  if (i % 25 === 0) {
    class Local {
      n = i
    }
    capture(() => new Local().n, 'stress', can)
  }
}

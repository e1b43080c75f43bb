/*
 * A `SharedArray` and a `Value` are: what the child stores, the parent reads.
 *
 *     there: [ 1, 4, 9, 16 ] sum 30
 *     here: [ 1, 4, 9, 16 ] sum 30
 */
import { Process, SharedArray, Value } from 'manycore'

const result = new SharedArray('i', 4)
const sum = new Value('i')

function squareList(numbers: readonly number[]): void {
  for (const [i, number] of numbers.entries()) result[i] = number * number
  sum.value = result.reduce((total, square) => total + square)
  console.log('there:', [...result], `sum ${sum.value}`)
}

const child = new Process({ target: squareList, args: [[1, 2, 3, 4]] })
child.start()
await child.join()
console.log('here:', [...result], `sum ${sum.value}`)

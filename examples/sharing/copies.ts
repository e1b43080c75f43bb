/*
 * Ordinary variables are not shared: a worker has a copy of its own, and what it does to it stays there.
 *
 *     there: [ 1, 4, 9, 16 ]
 *     here: []
 */
import { Process } from 'manycore'

const result: number[] = []

function squareList(numbers: readonly number[]): void {
  for (const number of numbers) result.push(number * number)
  console.log('there:', result)
}

const child = new Process({ target: squareList, args: [[1, 2, 3, 4]] })
child.start()
await child.join()
console.log('here:', result)

/*
 * A child changes a number and an array that it was given.
 *
 *     3.14
 *     5 1 2 3 4 5 6 7 8 9
 */
import { Process, SharedArray, Value } from 'manycore'

function change(number: Value<'d'>, array: Int32Array): void {
  number.value = 3.14
  array[0] = 5
}

const number = new Value('d', 0)
const array = new SharedArray('i', Array(10).keys())

const child = new Process({ target: change, args: [number, array] })
child.start()
await child.join()
console.log(number.value)
console.log(array.join(' '))

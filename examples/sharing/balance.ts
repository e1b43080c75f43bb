/*
 * Two threads put money into an account and take it out again, 100,000 times each. Without the lock the balance
 * would be wrong at the end, now and then.
 *
 *     balance: 0
 */
import { Thread, Value } from 'manycore'

const balance = new Value('i', 0)

function run(amount: number): void {
  const lock = balance.getLock()
  for (let i = 0; i < 100_000; i++) {
    lock.acquireSync()
    try {
      balance.value += amount
      balance.value -= amount
    } finally {
      lock.release()
    }
  }
}

const threads = [5, 8].map(amount => new Thread({ target: run, args: [amount] }).start())
for (const thread of threads) await thread.join()
console.log('balance:', balance.value)

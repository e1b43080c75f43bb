import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { asCompleted, Future, wait } from '../../src/future/index.ts'

/* What C227 and C228 leave open: futures that linger, and what is left behind. */

const limit = { timeout: 10_000 }

/** Knows how many want to hear that it is over. */
class Watched extends Future<number> {
  watchers = 0

  override onOver(fn: () => void): () => void {
    this.watchers++
    const forget = super.onOver(fn)
    return () => {
      this.watchers--
      forget()
    }
  }
}

/** Cancelled, while something of it still runs. */
function lingering(): Future<number> {
  const future = new Future<number>()
  future.abandon(new Error('cancelled'), { cancelled: true, lingers: true })
  return future
}

test('the limit counts from the call, however long the reader takes', limit, async () => {
  const [first, never] = [new Future<number>(), new Future<number>()]
  const completed = asCompleted([first, never], { timeout: 20 })
  first.setResult(1)
  await sleep(30)
  assert.equal((await completed.next()).value, first, 'what is there comes, late as it is')
  // Timers go off in the order of their times, however late.
  let later = false
  const timer = setTimeout(() => (later = true), 10)
  await assert.rejects(completed.next(), { code: 'FUTURES_UNFINISHED' })
  clearTimeout(timer)
  assert.equal(later, false, 'it is not waited for anew')
  assert.deepEqual(await completed.next(), { done: true, value: undefined })
})

test('what was cancelled comes when nothing of it runs any more', limit, async () => {
  const future = lingering()
  assert.equal(future.done(), true)
  await assert.rejects(asCompleted([future], { timeout: 0 }).next(), { code: 'FUTURES_UNFINISHED' })
  assert.deepEqual(await wait([future], { timeout: 0 }), { done: new Set(), notDone: new Set([future]) })
  const [next, waited] = [asCompleted([future]).next(), wait([future])]
  future.letGo()
  assert.equal((await next).value, future)
  assert.equal((await waited).done.size, 1)
})

test('who leaves gets nothing more, and is not told of the rest', limit, async () => {
  const [ready, open] = [new Future<number>(), new Watched()]
  ready.setResult(1)
  const unread = asCompleted([ready, open])
  await unread.return()
  assert.deepEqual(await unread.next(), { done: true, value: undefined })
  assert.equal(open.watchers, 0)

  const waiting = asCompleted([open])
  const asked = waiting.next()
  await waiting.return()
  assert.deepEqual(await asked, { done: true, value: undefined }, 'who waits already is told')

  await wait([open], { timeout: 0 })
  await assert.rejects(asCompleted([open], { timeout: 0 }).next(), { code: 'FUTURES_UNFINISHED' })
  assert.equal(open.watchers, 0, 'nor is who has waited long enough')
})

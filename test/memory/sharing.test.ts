import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { noNativeCode } from '../support/index.ts'
import { eachSide, type Side, startProcess } from './sides.ts'
import { Box } from './support.ts'
import { ringLane } from './work.ts'

const WORK = new URL('work.js', import.meta.url).href

eachSide(kind => {
  const sides: Side[] = []
  const start = (...args: Parameters<typeof kind.start>): Side => {
    const side = kind.start(...args)
    sides.push(side)
    return side
  }
  after(async () => {
    await Promise.all(sides.map(side => side.kill()))
  })

  test('words are the same there', { timeout: 30_000 }, async () => {
    const side = start()
    const box = Box.make()
    box.cell.cells.store(3, 40)
    assert.equal(await side.call(WORK, 'add', box, 3, 2), 40)
    assert.equal(box.cell.cells.load(3), 42)
  })

  test('no addition is lost', { timeout: 30_000 }, async () => {
    const [one, two] = [start(), start()]
    const box = Box.make()
    await Promise.all([one, two].map(side => side.call(WORK, 'addOften', box, 0, 200_000)))
    assert.equal(box.cell.cells.load(0), 400_000)
  })

  test('a stranger finds it too', { timeout: 30_000 }, async () => {
    const side = start({ stranger: true })
    const box = Box.make()
    await side.call(WORK, 'add', box, 0, 5)
    assert.equal(box.cell.cells.load(0), 5)
    const back = (await side.call(WORK, 'makeBox', 7)) as Box
    assert.equal(back.cell.cells.load(0), 7)
    assert.equal(await side.call(WORK, 'add', back, 0, 1), 7)
    assert.equal(back.cell.cells.load(0), 8)
  })

  test('a thread has one object for it', { timeout: 30_000 }, async () => {
    const side = start()
    const box = Box.make()
    assert.equal(await side.call(WORK, 'isSame', box, box), true)
    await side.call(WORK, 'keep', box)
    box.cell.cells.store(0, 9)
    assert.equal(await side.call(WORK, 'kept0'), 9)
    const back = (await side.call(WORK, 'makeBox', 1)) as Box
    assert.equal(await side.call(WORK, 'isSame', back, back), true)
  })

  test('handles travel within handles', { timeout: 30_000 }, async () => {
    const side = start()
    const inner = Box.make()
    inner.cell.cells.store(0, 33)
    assert.equal(await side.call(WORK, 'inner', Box.make({ box: inner })), 33)
  })

  test('segments: both ways', { timeout: 30_000, skip: noNativeCode() }, async () => {
    const side = start()
    const box = Box.withBytes(100_000)
    await side.call(WORK, 'write', box, 'from there')
    assert.equal(Buffer.from(box.segment?.bytes.subarray(0, 10) ?? []).toString(), 'from there')
    assert.equal(
      Buffer.from(new Uint8Array(box.segment?.buffer ?? new ArrayBuffer(0)).slice(0, 10)).toString(),
      'from there',
    )
    const back = (await side.call(WORK, 'makeBytes', 70_000, 'made there')) as Box
    assert.equal(back.segment?.size, 70_000)
    assert.equal(await side.call(WORK, 'read', back, 10), 'made there')
    assert.equal(Buffer.from(back.segment?.bytes.subarray(0, 10) ?? []).toString(), 'made there')
  })

  test('who sleeps there is woken', { timeout: 30_000 }, async () => {
    const side = start()
    const box = Box.make()
    const slept = side.call(WORK, 'sleepUntilSet', box, 10_000)
    while (box.cell.cells.load(1) === 0) await sleep(1)
    box.cell.cells.store(0, 1)
    box.cell.cells.wake(0, 1)
    assert.ok(((await slept) as number) < 9000)
  })

  test('a loop there hears a ring, and one here', { timeout: 30_000 }, async () => {
    const side = start()
    const box = Box.make()
    const heard = side.call(WORK, 'listenUntilSet', box)
    while (box.cell.cells.load(1) === 0) await sleep(1)
    const lane = box.cell.cells.load(2)
    for (let i = 0; i < 5; i++) {
      ringLane(box, lane)
      await sleep(2)
    }
    box.cell.cells.store(0, 1)
    ringLane(box, lane)
    assert.ok(((await heard) as number) >= 2)

    const mine = box.cell.seats
    box.cell.cells.store(0, 0)
    await new Promise<void>((resolve, reject) => {
      const listening = mine.listen(() => {
        if (box.cell.cells.load(0) === 0) return
        listening.close()
        resolve()
      })
      side.call(WORK, 'ringBack', box, mine.lane(mine.me)).catch(reject)
    })
  })

  test('the end of a thread shows in its seat, at once', { timeout: 30_000 }, async () => {
    const side = kind.start()
    const box = Box.make()
    const seat = (await side.call(WORK, 'seat', box)) as number
    assert.notEqual(seat, box.cell.seats.me)
    assert.equal(box.cell.seats.isAlive(seat), true)
    assert.equal(box.cell.seats.isAlive(box.cell.seats.me), true)
    await side.kill()
    assert.equal(box.cell.seats.isAlive(seat), false)
    const next = kind.start()
    const other = (await next.call(WORK, 'seat', box)) as number
    assert.notEqual(other, seat)
    assert.equal(box.cell.seats.isAlive(seat), false)
    assert.equal(await next.call(WORK, 'isAlive', box, box.cell.seats.me), true)
    await next.kill()
  })
})

test('what a process made stays when it is gone, if it has arrived', {
  timeout: 30_000,
  skip: noNativeCode(),
}, async () => {
  const side = startProcess()
  const box = (await side.call(WORK, 'makeBytes', 50_000, 'stays')) as Box
  await side.kill()
  assert.equal(Buffer.from(box.segment?.bytes.subarray(0, 5) ?? []).toString(), 'stays')
  const next = startProcess({ stranger: true })
  assert.equal(await next.call(WORK, 'read', box, 5), 'stays')
  await next.kill()
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { capture } from '../../src/capture/index.ts'
import { looksDuring } from './looks-during.ts'
import { HereSide } from './sides.ts'

/* Classes that lead to each other: the digest of each is a walk of its own through all of them. */

interface Linked {
  next(): unknown
  readonly classes: readonly unknown[]
}

function makeClasses(count: number): (new () => Linked)[] {
  const classes: (new () => Linked)[] = []
  for (let i = 0; i < count; i++) {
    classes.push(
      class {
        classes = classes
        next() {
          return classes[(i + 1) % count]
        }
      },
    )
  }
  return classes
}

test('one capture looks at each function once', () => {
  const classes = makeClasses(12)
  const looks = looksDuring(() => {
    capture(() => classes.length, 'test', { transfer: true, share: true })
  })
  assert.ok(looks <= 30, `${looks} looks at 13 functions`)
})

test('the next capture looks again', async () => {
  const side = new HereSide()
  const classes = makeClasses(2)
  let step = 1
  class Counter {
    value = step + classes.length
  }
  const valueOf = (): number => new Counter().value
  assert.equal(await side.call(valueOf, []), 3)
  step = 5
  assert.equal(await side.call(valueOf, []), 7)
})

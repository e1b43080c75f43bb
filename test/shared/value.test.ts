import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { RawValue, type Typecode, Value } from '../../src/shared/index.ts'
import { Lock, RLock } from '../../src/sync/index.ts'

type Case = readonly [codes: readonly Typecode[], min: number | bigint, max: number | bigint]

const WHOLE: readonly Case[] = [
  [['b', 'int8'], -128, 127],
  [['B', 'uint8'], 0, 255],
  [['h', 'int16'], -32768, 32767],
  [['H', 'uint16'], 0, 65535],
  [['i', 'int32'], -(2 ** 31), 2 ** 31 - 1],
  [['I', 'uint32'], 0, 2 ** 32 - 1],
  [['q', 'int64', 'bigint64'], -(2n ** 63n), 2n ** 63n - 1n],
  [['Q', 'uint64', 'biguint64'], 0n, 2n ** 64n - 1n],
]
const misfit = { name: 'UsageError', code: 'VALUE_DOES_NOT_FIT' }

describe('values', { timeout: 20_000 }, () => {
  for (const [codes, min, max] of WHOLE) {
    for (const code of codes) {
      test(`${code}: from ${min} to ${max}, and nothing else`, () => {
        const value = new RawValue(code) as RawValue<'i'>
        const one = (typeof min === 'bigint' ? 1n : 1) as number
        assert.equal(value.value, (one as number) - one)
        for (const fits of [min, max, one]) {
          value.value = fits as number
          assert.equal(value.value, fits)
        }
        for (const wrong of [
          (min as number) - one,
          (max as number) + one,
          0.5,
          NaN,
          Infinity,
          '1',
          null,
          {},
        ]) {
          assert.throws(() => (value.value = wrong as number), misfit, inspect(wrong))
          assert.equal(value.value, one, 'what was refused changes nothing')
        }
      })
    }
  }

  test('it takes exactly what a typed array of its type keeps as it is', () => {
    const classes = {
      b: Int8Array,
      B: Uint8Array,
      h: Int16Array,
      H: Uint16Array,
      i: Int32Array,
      I: Uint32Array,
    }
    const numbers = fc.oneof(
      fc.integer(),
      fc.integer({ min: -70_000, max: 70_000 }),
      fc.double(),
      fc.maxSafeInteger(),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(classes) as (keyof typeof classes)[])),
        numbers,
        (code, number) => {
          const value = new RawValue(code, 1)
          const kept = new classes[code]([number])[0]
          if (kept === number) {
            value.value = number
            assert.equal(value.value, kept)
          } else {
            assert.throws(() => (value.value = number), misfit)
            assert.equal(value.value, 1)
          }
        },
      ),
    )
    fc.assert(
      fc.property(
        fc.constantFrom('q' as const, 'Q' as const),
        fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
        (code, number) => {
          const value = new RawValue(code, 1)
          const kept = code === 'q' ? BigInt.asIntN(64, number) : BigInt.asUintN(64, number)
          if (kept === number) value.value = number
          else assert.throws(() => (value.value = number), misfit)
          assert.equal(value.value, kept === number ? number : 1n)
        },
      ),
    )
  })

  test('what was to be added or taken away is told as it would have changed it', () => {
    const { atomic } = new Value('B', 3)
    const told = (got: string) => ({ ...misfit, got })
    assert.throws(() => atomic.sub(5), told('3 changed by -5'))
    assert.throws(() => atomic.add(300), told('3 changed by 300'))
    assert.throws(() => new Value('Q', 3n).atomic.sub(5n), told('3 changed by -5'))
    assert.equal(atomic.sub(3), 3)
  })

  test('64 bits read as bigint and take exact numbers too', () => {
    const value = new RawValue('q', 5)
    assert.equal(value.value, 5n)
    value.value = Number.MAX_SAFE_INTEGER
    assert.equal(value.value, 2n ** 53n - 1n)
    assert.throws(() => (value.value = 2 ** 53), misfit)
    assert.throws(() => (new RawValue('Q').value = -1), misfit)
  })

  test('l and L are as long as in C here', { skip: process.platform === 'win32' }, () => {
    assert.equal(new RawValue('l', -(2n ** 63n)).value, -(2n ** 63n))
    assert.equal(new RawValue('L', 2n ** 64n - 1n).value, 2n ** 64n - 1n)
  })

  test('floats keep every number of theirs', () => {
    const double = new RawValue('d')
    fc.assert(
      fc.property(fc.double(), number => {
        double.value = number
        assert.ok(Object.is(double.value, number))
      }),
    )
    const single = new RawValue('float32')
    fc.assert(
      fc.property(fc.float(), number => {
        single.value = number
        assert.ok(Object.is(single.value, number))
      }),
    )
    single.value = 0.1
    assert.equal(single.value, Math.fround(0.1))
    for (const infinite of [3.5e38, -1e39]) assert.throws(() => (single.value = infinite), misfit)
    assert.throws(() => (double.value = 1n as never), misfit)
  })

  test('characters', () => {
    const byte = new RawValue('c')
    assert.equal(byte.value, '\0')
    byte.value = 'é'
    assert.equal(byte.value, 'é')
    for (const wrong of ['', 'ab', 'Ā', '🙂', 65 as never]) assert.throws(() => (byte.value = wrong), misfit)
    const wide = new RawValue('u', '🙂')
    assert.equal(wide.value, '🙂')
    assert.throws(() => (wide.value = '🙂🙂'), misfit)
  })

  test('an unknown type is named', () => {
    for (const wrong of ['x', 'Int32', '', 'toString', 7, null, Int32Array]) {
      assert.throws(() => new Value(wrong as 'i'), { name: 'UsageError', code: 'UNKNOWN_TYPECODE' })
    }
    assert.throws(() => new Value('int' as 'i'), /Value knows no type 'int'/)
  })

  test('the initial value is checked, and says what it takes', () => {
    assert.throws(
      () => new Value('b', 300),
      /a Value can't hold 300: as int8 it takes a whole number from -128 to 127/,
    )
  })

  test('it shows what it is', () => {
    assert.equal(inspect(new Value('i', 3)), '<Value int32 3>')
    assert.equal(inspect(new RawValue('q', 3)), '<RawValue int64 3n>')
  })
})

describe('locks of values', () => {
  test('a locked value has a lock, another may be given, a raw one has none', async () => {
    const value = new Value('i')
    assert.ok(value.getLock() instanceof RLock)
    assert.equal(value.getLock(), value.getLock())
    await value.getLock().run(() => (value.value += 1))
    assert.equal(value.value, 1)
    const lock = new Lock()
    assert.equal(new Value('i', 0, { lock }).getLock(), lock)
    assert.throws(() => new Value('i', 0, { lock: false }).getLock(), { code: 'WITHOUT_LOCK' })
    assert.ok(!('getLock' in new RawValue('i')))
  })

  test('what is no lock is refused', () => {
    for (const lock of ['notalock', 1, {}, null]) {
      assert.throws(() => new Value('i', 0, { lock: lock as never }), { code: 'WRONG_OPTION' })
    }
    assert.throws(() => new Value('i', 0, { locked: true } as never), { code: 'UNKNOWN_OPTION' })
    for (const options of [false, 5, [], null]) {
      assert.throws(() => new Value('i', 0, options as never), { code: 'WRONG_OPTION' })
    }
  })
})

describe('atomic', () => {
  for (const [[code = 'i'], min, max] of WHOLE) {
    test(`${code}: add and sub never wrap around`, () => {
      const { atomic } = new RawValue(code, max as never) as unknown as RawValue<'i'>
      const one = (typeof min === 'bigint' ? 1n : 1) as number
      assert.throws(() => atomic.add(one), misfit)
      assert.equal(atomic.load(), max)
      assert.equal(atomic.sub(one), max)
      assert.equal(atomic.add(one), (max as number) - one)
      atomic.store(min as number)
      assert.throws(() => atomic.sub(one), misfit)
      assert.equal(atomic.load(), min)
    })
  }

  test('whole numbers: every operation gives what was there', () => {
    const value = new Value('i', 12)
    assert.equal(value.atomic.exchange(10), 12)
    assert.equal(value.atomic.and(6), 10)
    assert.equal(value.atomic.or(5), 2)
    assert.equal(value.atomic.xor(1), 7)
    assert.equal(value.atomic.compareExchange(7, 1), 6)
    assert.equal(value.atomic.compareExchange(6, 1), 6)
    assert.equal(value.atomic.sub(-4), 1)
    assert.equal(value.value, 5)
    for (const wrong of [0.5, '1', 2 ** 40]) {
      assert.throws(() => value.atomic.add(wrong as number), misfit)
      assert.throws(() => value.atomic.or(wrong as number), misfit)
    }
  })

  test('bigints take numbers too', () => {
    const { atomic } = new Value('q', 1)
    assert.equal(atomic.add(2), 1n)
    assert.equal(atomic.sub(5n), 3n)
    assert.equal(atomic.compareExchange(-2, 8), -2n)
    assert.equal(atomic.or(1), 8n)
    assert.throws(() => atomic.add(0.5), misfit)
  })

  for (const code of ['f', 'd'] as const) {
    test(`${code}: adds by swapping`, () => {
      const value = new Value(code, 1.5)
      assert.equal(value.atomic.add(0.25), 1.5)
      assert.equal(value.atomic.sub(1), 1.75)
      assert.equal(value.atomic.exchange(NaN), 0.75)
      assert.ok(Number.isNaN(value.atomic.compareExchange(NaN, 2)))
      assert.equal(value.atomic.load(), 2)
      value.atomic.store(Infinity)
      assert.equal(value.atomic.add(1), Infinity)
      assert.throws(() => (value.atomic as never as { and(mask: number): number }).and(1), {
        code: 'NO_SUCH_OPERATION',
      })
    })
  }

  test('f: a sum beyond its range is refused', () => {
    const value = new Value('f', 3e38)
    assert.throws(() => value.atomic.add(3e38), misfit)
    assert.equal(value.value, Math.fround(3e38))
  })

  test('a character is swapped, not added to', () => {
    const value = new Value('c', 'a')
    assert.equal(value.atomic.compareExchange('a', 'b'), 'a')
    assert.equal(value.atomic.exchange('c'), 'b')
    assert.throws(() => (value.atomic as never as { add(by: number): number }).add(1), {
      code: 'NO_SUCH_OPERATION',
    })
  })
})

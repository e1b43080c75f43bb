import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { Queue, registerClass } from 'manycore'
import { eachKind, nothingLeft } from '../support/index.ts'
import { Box, Secret } from './registered-secret.ts'

/* Instances of registered classes, sent to a worker that has never heard of the class. */

const LIMIT = { timeout: 20_000 }

registerClass(Box, { pack: box => [box.content], unpack: ([content]) => new Box(content as number) })

class Matrix {
  readonly data: Float64Array
  constructor(data: readonly number[]) {
    this.data = Float64Array.from(data)
  }
  sum(): number {
    return this.data.reduce((sum, item) => sum + item, 0)
  }
}
registerClass(Matrix)

class Account {
  #balance: number
  constructor(balance: number) {
    this.#balance = balance
  }
  get balance(): number {
    return this.#balance
  }
  static {
    registerClass(this, { pack: account => account.balance, unpack: balance => new this(balance) })
  }
}

class Bytes extends Uint8Array {
  first(): number | undefined {
    return this[0]
  }
}
class Address extends URL {
  get shown(): string {
    return `${this.host}${this.pathname}`
  }
}
class Packet extends Buffer {
  get shown(): string {
    return this.toString('hex')
  }
}

eachKind(kind => {
  afterEach(() => nothingLeft())

  test('they arrive as what they are, and come back so', LIMIT, async () => {
    await using pool = new kind.Pool(1)
    // The function knows none of the classes.
    const same = (value: unknown): unknown => value
    const [secret, box, matrix, account] = (await pool.apply(same, [
      [new Secret('x'), new Box(2), new Matrix([1, 2]), new Account(5)],
    ])) as [Secret, Box, Matrix, Account]
    assert.ok(secret instanceof Secret && secret.word === 'x')
    assert.ok(box instanceof Box && box.content === 2)
    assert.ok(matrix instanceof Matrix && matrix.sum() === 3)
    assert.ok(account instanceof Account && account.balance === 5)
    const seen = await pool.apply(
      (a: Secret, b: Box, c: Matrix, d: Account) => [a.word, b.content, c.sum(), d.balance],
      [secret, box, matrix, account],
    )
    assert.deepEqual(seen, ['x', 2, 3, 5])
    assert.equal(await pool.apply(value => value instanceof Matrix, [matrix]), true)
  })

  test('by way of a queue too', LIMIT, async () => {
    const queue = new Queue<Matrix>()
    const worker = new kind.Worker({ target: async () => (await queue.get()).sum() }).start()
    await queue.put(new Matrix([4, 5]))
    assert.equal(await worker.result(), 9)
    await worker.join()
  })

  test('instances of classes over typed arrays, Buffer and URL need no registration', LIMIT, async () => {
    await using pool = new kind.Pool(1)
    const packet = Object.setPrototypeOf(Buffer.from('ab'), Packet.prototype) as Packet
    const values = [new Bytes([7, 8]), new Address('http://host/path'), packet] as const
    const seen = await pool.apply((a: Bytes, b: Address, c: Packet) => [a.first(), b.shown, c.shown], values)
    assert.deepEqual(seen, [7, 'host/path', '6162'])
    const [bytes, address, back] = await pool.apply((...all) => all, values)
    assert.ok(bytes instanceof Bytes && address instanceof Address && back instanceof Packet)
    assert.deepEqual([bytes.length, address.shown, back.shown], [2, 'host/path', '6162'])
  })

  test('a class that has getters for all that is on it, as AxiosHeaders has', LIMIT, async () => {
    class Fields {
      declare readonly accept: string
      constructor(fields: object) {
        Object.assign(this, fields)
      }
    }
    for (const key of Object.getOwnPropertyNames(Fields.prototype)) {
      const value = Fields.prototype[key as keyof Fields] as unknown
      Object.defineProperty(Fields.prototype, key, { get: () => value, set() {} })
    }
    await using pool = new kind.Pool(1)
    const back = await pool.apply(value => value, [new Fields({ accept: 'text' })])
    assert.ok(back instanceof Fields)
    assert.equal(back.accept, 'text')
  })
})

test('a class with private fields is refused with what to write', () => {
  class Wallet {
    readonly #coins = 3
    get coins(): number {
      return this.#coins
    }
  }
  assert.throws(() => registerClass(Wallet), {
    code: 'WRONG_OPTION',
    message:
      /#coins is seen by Wallet's own code alone: \{ pack: it => \[it\.…\], unpack: packed => new Wallet\(\.\.\.packed\) \}/,
  })
})

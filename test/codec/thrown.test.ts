import assert from 'node:assert/strict'
import fs from 'node:fs'
import net from 'node:net'
import { describe as suite, test } from 'node:test'
import { inspect } from 'node:util'
import vm from 'node:vm'
import { createError, ManycoreError, RemoteError, SystemExit, WorkerDiedError } from '../../src/base/index.ts'
import { joinStacks, registerClass } from '../../src/codec/index.ts'
import { assertSame, cross, crossThrown, eachRoad, PROCESS } from './roads.ts'

let constructed = 0

class HttpError extends Error {
  readonly status: number
  constructor(options: { status: number; text: string }) {
    constructed++
    super(options.text.trim())
    this.name = 'HttpError'
    this.status = options.status
  }
  get retry(): boolean {
    return this.status >= 500
  }
}
class Registered extends HttpError {}
registerClass(Registered)

class Sealed extends Error {
  #detail: string
  constructor(detail: string) {
    super(`sealed ${detail}`)
    this.#detail = detail
  }
  get detail(): string {
    return this.#detail
  }
}
registerClass(Sealed, { pack: error => error.detail, unpack: detail => new Sealed(detail) })

const BUILT_IN = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError]

function systemError(): unknown {
  try {
    fs.readFileSync('/there/is/no/such/file')
  } catch (error) {
    return error
  }
  return undefined
}

eachRoad(road => {
  for (const Class of BUILT_IN) {
    test(`${Class.name} keeps class, message, stack, cause and own fields`, () => {
      const error = Object.assign(new Class('no', { cause: { deep: [new Class('why')] } }), {
        code: 'E_NO',
        at: { x: 1 },
      })
      const there = crossThrown(road, error)
      assertSame(there, error)
      assert.equal((there as Error).stack, error.stack)
    })
  }

  test('AggregateError keeps its errors', () => {
    const error = new AggregateError([new TypeError('a'), 'b', { c: 1 }], 'all failed')
    assertSame(crossThrown(road, error), error)
  })

  test('DOMException keeps its name and code', () => {
    const there = crossThrown(road, new DOMException('stop', 'AbortError')) as DOMException
    assert.ok(there instanceof DOMException)
    assert.deepEqual([there.name, there.message, there.code], ['AbortError', 'stop', 20])
  })

  test('system and platform errors keep code, errno, syscall, path', () => {
    const error = systemError() as NodeJS.ErrnoException
    assertSame(crossThrown(road, error), error)
    assert.equal((crossThrown(road, error) as NodeJS.ErrnoException).code, 'ENOENT')
    const invalid = (() => {
      try {
        return new URL('no url')
      } catch (thrown) {
        return thrown
      }
    })()
    const there = crossThrown(road, invalid) as NodeJS.ErrnoException
    assert.deepEqual([there instanceof TypeError, there.code], [true, 'ERR_INVALID_URL'])
  })

  test('errors of manycore keep class and fields', () => {
    const died = createError('WORKER_DIED', {
      worker: 'PoolWorker-1',
      exitCode: null,
      signal: 'SIGKILL',
      outOfMemory: true,
      stderr: '',
      task: 'work',
    })
    const there = crossThrown(road, died)
    assert.ok(there instanceof WorkerDiedError && ManycoreError.is(there))
    assertSame(there, died)
    const exit = crossThrown(road, new SystemExit(3))
    assert.ok(exit instanceof SystemExit && exit.status === 3)
  })

  test('a registered class comes back without its constructor', () => {
    const error = new Registered({ status: 503, text: ' busy ' })
    constructed = 0
    const there = crossThrown(road, error)
    assert.ok(there instanceof Registered && there instanceof HttpError)
    assert.deepEqual([there.status, there.retry, there.message, there.name], [503, true, 'busy', 'HttpError'])
    assert.equal(constructed, 0)
  })

  test('a registered class with private fields comes back by its unpack', () => {
    const error = Object.assign(new Sealed('x'), { code: 7 })
    const there = crossThrown(road, error) as Sealed & { code: number }
    assert.deepEqual(
      [there.detail, there.message, there.code, there.stack],
      ['x', 'sealed x', 7, error.stack],
    )
  })

  test('a class that is not known here becomes a RemoteError that says which', () => {
    const error = Object.assign(new HttpError({ status: 404, text: 'gone' }), {
      code: 'E_GONE',
      cause: new Error('why'),
    })
    const there = crossThrown(road, error)
    assert.ok(there instanceof RemoteError)
    assert.deepEqual([there.remoteName, there.message, there.remoteStack], ['HttpError', 'gone', error.stack])
    const { status, code, name, cause } = there as unknown as HttpError & { code: string; cause: Error }
    assert.deepEqual([status, code, name, cause.message], [404, 'E_GONE', 'HttpError', 'why'])
  })

  test('a RemoteError that goes on to a third party stays what it was', () => {
    const once = crossThrown(road, new HttpError({ status: 1, text: 'x' })) as RemoteError
    const twice = crossThrown(road, once) as RemoteError
    assert.deepEqual(
      [twice.remoteName, twice.remoteStack, twice.message],
      ['HttpError', once.remoteStack, 'x'],
    )
  })

  test('what can not cross is left behind and named', () => {
    const error = Object.assign(new Error('request failed'), {
      socket: new net.Socket(),
      retry: () => 1,
      config: { url: new URL('a:b'), agent: { sockets: new WeakMap() } },
      ok: [1],
    })
    const there = crossThrown(road, error) as typeof error & { leftBehind: string[] }
    assert.deepEqual(there.leftBehind, ['socket: a Socket', 'retry: the function retry', 'config: a WeakMap'])
    assert.deepEqual([there.ok, Object.keys(there)], [[1], ['ok', 'leftBehind']])
    assert.match(inspect(there), /leftBehind/)
    assert.deepEqual((crossThrown(road, there) as typeof there).leftBehind, there.leftBehind)
  })

  test('one bad member takes no other of an AggregateError with it', () => {
    const there = crossThrown(road, new AggregateError([new TypeError('a'), () => 1, 3])) as AggregateError
    assert.deepEqual(
      [(there.errors[0] as Error).message, there.errors[1], there.errors[2]],
      ['a', undefined, 3],
    )
    assert.deepEqual((there as { leftBehind?: unknown }).leftBehind, ['errors[1]: the function (anonymous)'])
  })

  test('circles and long chains of causes', { timeout: 30_000 }, () => {
    const a = new Error('a')
    const b = new Error('b', { cause: a })
    a.cause = b
    Object.assign(a, { self: a, list: [a, b] })
    assertSame(crossThrown(road, a), a)
    let chain = new Error('0')
    for (let i = 1; i < 5000; i++) chain = new Error(String(i), { cause: chain })
    let length = 0
    for (let at: unknown = crossThrown(road, chain); at; at = (at as Error).cause) length++
    assert.equal(length, 5000)
  })

  test('errors in fields of fields, 300 deep, each with something that stays behind', {
    timeout: 20_000,
  }, () => {
    let error = new Error('0')
    for (let i = 1; i < 300; i++)
      error = Object.assign(new Error(String(i)), { info: { inner: error }, run: () => i })
    let depth = 0
    for (let at: unknown = crossThrown(road, error); at instanceof Error; depth++) {
      const { info, leftBehind } = at as { info?: { inner: unknown }; leftBehind?: unknown }
      if (info) assert.deepEqual(leftBehind, ['run: the function run'])
      at = info?.inner
    }
    assert.equal(depth, 300)
  })

  test('a field that leads back to its error crosses, or stays behind, as a whole', () => {
    const error = new Error('round')
    Object.assign(error, { good: { back: error }, bad: { back: error, run: () => 1 } })
    const there = crossThrown(road, error) as Error & { good: { back: unknown }; leftBehind: unknown }
    assert.equal(there.good.back, there)
    assert.deepEqual(there.leftBehind, ['bad: the function run'])
  })

  test('errors of another realm are errors of ours', () => {
    const there = crossThrown(road, vm.runInNewContext('new RangeError("far")'))
    assert.ok(there instanceof RangeError && there.message === 'far')
  })

  test('an old-style error that only inherits from Error', () => {
    function Old(this: Error): void {
      this.message = 'old'
    }
    Old.prototype = Object.create(Error.prototype, { constructor: { value: Old } }) as object
    const there = crossThrown(road, Reflect.construct(Old, []))
    assert.ok(there instanceof RemoteError)
    assert.deepEqual([there.remoteName, there.message], ['Old', 'old'])
  })

  test('values that are no errors cross as they are', () => {
    for (const value of [undefined, null, 0, 'text', 5n, { code: 1 }, [new Error('in')], Symbol.for('s')]) {
      assertSame(crossThrown(road, value), value)
    }
  })

  for (const [name, hostile] of Object.entries(HOSTILE())) {
    test(`packThrown survives ${name}`, () => {
      const there = crossThrown(road, hostile)
      assert.ok(there instanceof Error, inspect(there))
      assert.equal(typeof there.message, 'string')
      assert.equal(typeof there.stack, 'string')
    })
  }

  test('errors within values keep the same', () => {
    const error = Object.assign(new RangeError('in a field', { cause: 1 }), { socket: new net.Socket() })
    const there = cross(road, { ok: false, error, map: new Map([[1, error]]) })
    assert.ok(there.error instanceof RangeError && there.map.get(1) === there.error)
    assert.deepEqual((there.error as { leftBehind?: unknown }).leftBehind, ['socket: a Socket'])
  })
})

function HOSTILE(): Record<string, unknown> {
  const boom = (): never => {
    throw new Error('boom')
  }
  const getter = (key: string): Error =>
    Object.defineProperty(new Error('x'), key, { get: boom, enumerable: true })
  const { proxy, revoke } = Proxy.revocable(new Error('revoked'), {})
  revoke()
  class Bad extends Error {
    override get name(): never {
      return boom()
    }
    override get message(): never {
      return boom()
    }
  }
  const nameless = new Error('x')
  Object.setPrototypeOf(nameless, Object.create(Error.prototype, { constructor: { get: boom } }) as object)
  return {
    'a message that throws': getter('message'),
    'a stack that throws': getter('stack'),
    'a name that throws': getter('name'),
    'a cause that throws': getter('cause'),
    'a field that throws': getter('field'),
    'a class whose getters throw': new Bad(),
    'a class whose name throws': nameless,
    'an error without prototype': Object.setPrototypeOf(new Error('x'), null),
    'fields of the wrong types': Object.assign(new Error('x'), {
      message: Symbol('m'),
      stack: 5,
      name: {},
      cause: () => 1,
    }),
    'a stack of call sites': Object.assign(new Error('x'), { stack: [{}, boom] }),
    'a Proxy of an error': new Proxy(new Error('x'), {}),
    'a Proxy that throws whatever is done': new Proxy({}, new Proxy({}, { get: () => boom })),
    'a revoked Proxy': proxy,
    'a frozen error': Object.freeze(new Error('x')),
    'a function': boom,
    'a class': Bad,
    'a Promise': Promise.resolve(),
    'a socket': new net.Socket(),
    'a record with a function': { boom },
    'a record with a getter that throws': {
      get x(): never {
        return boom()
      },
    },
    'a local symbol in a record that can not cross': { [Symbol('s')]: boom },
    'an error whose toJSON, toString and inspect throw': Object.assign(new Error('x'), {
      toJSON: boom,
      toString: boom,
      [inspect.custom]: boom,
    }),
  }
}

suite('joinStacks', () => {
  const local = 'Error: here\n    at call (file:///app.js:1:1)\n    at main (file:///app.js:9:9)'

  test('first the stack over there, then the dividing line, then the call here', () => {
    const there = crossThrown(PROCESS, new TypeError('no')) as Error
    const remote = there.stack
    joinStacks(there, { worker: 'PoolWorker-3', localStack: local })
    assert.equal(
      there.stack,
      `${remote}\n    at — sent to PoolWorker-3 from —\n    at call (file:///app.js:1:1)\n    at main (file:///app.js:9:9)`,
    )
    assert.equal((there as { remoteStack?: string }).remoteStack, remote)
    assert.deepEqual(Object.keys(there), [])
  })

  test('over two crossings the first remote stack stays', () => {
    const once = crossThrown(PROCESS, new TypeError('no')) as Error & { remoteStack: string }
    joinStacks(once, { worker: 'W1', localStack: local })
    const twice = crossThrown(PROCESS, once) as Error & { remoteStack: string }
    joinStacks(twice, { worker: 'W2', localStack: local })
    assert.equal(twice.remoteStack, once.remoteStack)
    assert.match(twice.stack ?? '', /W1[\s\S]+W2/)
  })

  test('leaves alone what is no error or can not be changed', () => {
    const frozen = Object.freeze(new Error('x'))
    const before = frozen.stack
    for (const value of [1, undefined, { stack: 'x' }, frozen])
      joinStacks(value, { worker: 'W', localStack: local })
    assert.equal(frozen.stack, before)
  })
})

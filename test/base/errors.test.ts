import assert from 'node:assert/strict'
import { describe as suite, test } from 'node:test'
import fc from 'fast-check'
import * as base from '../../src/base/index.ts'

const { createError, describe, ERRORS, ManycoreError } = base
type ErrorCode = base.ErrorCode

const CODES = Object.keys(ERRORS) as ErrorCode[]

/** Makes the error of any row, each field filled with its own name, or a list of it. */
function sample(code: ErrorCode): base.ManycoreError {
  const named = (name: string): unknown => (name === 'cycle' ? [`<${name}>`] : `<${name}>`)
  const fields = new Proxy({}, { get: (_, name) => named(String(name)), ownKeys: () => [] })
  return createError(code, fields as never)
}

suite('the table of errors', () => {
  for (const code of CODES) {
    test(`${code} has a class of its family, a text and a remedy`, () => {
      const error = sample(code)
      assert.equal(error.code, code)
      assert.ok(error instanceof ERRORS[code].family)
      assert.ok(error instanceof ManycoreError && error instanceof Error)
      assert.equal(error.name, ERRORS[code].family.name)
      assert.match(code, /^[A-Z]+(_[A-Z]+)*$/)
      assert.ok(error.message.length > code.length)
      assert.match(ERRORS[code].fix, /^[A-Z].*[.)…;]$/)
      assert.doesNotMatch(error.message, /undefined|\[object/)
    })
  }

  test('every class that is thrown by code is exported by name', () => {
    const exported = new Set<unknown>(Object.values(base))
    for (const code of CODES) assert.ok(exported.has(ERRORS[code].family), ERRORS[code].family.name)
  })
})

suite('createError', () => {
  test('fields become own properties and the remedy follows the text', () => {
    const error = createError('TASK_TIMEOUT', { task: 'work(3)', timeout: 50, worker: 'PoolWorker-1' })
    assert.ok(error instanceof base.TimeoutError)
    assert.deepEqual(Object.keys(error).toSorted(), ['code', 'task', 'timeout', 'worker'])
    const timeout: number = error.timeout
    assert.equal(timeout, 50)
    assert.equal(
      error.message,
      `work(3) ran longer than its timeout of 50 ms and was stopped in PoolWorker-1\n  ${ERRORS.TASK_TIMEOUT.fix}`,
    )
  })

  test('the cause is kept, an undefined one too', () => {
    const cause = new TypeError('deep')
    assert.equal(createError('INTERNAL', { what: 'x' }, { cause }).cause, cause)
    assert.ok(Object.hasOwn(createError('INTERNAL', { what: 'x' }, { cause: undefined }), 'cause'))
    assert.ok(!Object.hasOwn(createError('INTERNAL', { what: 'x' }), 'cause'))
  })

  test('the stack starts at the caller of the function named above', () => {
    function userCalls(): base.ManycoreError {
      return publicMethod()
    }
    function publicMethod(): base.ManycoreError {
      return createError('INTERNAL', { what: 'x' }, { above: publicMethod })
    }
    const frame = userCalls()
      .stack?.split('\n')
      .find(line => line.trimStart().startsWith('at '))
    assert.match(frame ?? '', /userCalls/)
  })

  test('errors that carry their own remedy get no second one', () => {
    const remote = createError('REMOTE', { remoteName: 'Odd', remoteMessage: 'no', remoteStack: 'at there' })
    assert.equal(remote.message, 'no')
    const fields = {
      path: 'task → socket',
      kind: 'Socket',
      declaredAt: 'a.ts:1:2',
      what: 'a socket',
      remedy: 'Open it there.',
    }
    assert.equal(
      createError('CANNOT_CAPTURE', fields).message,
      'a socket\n  reached through: task → socket\n  declared at a.ts:1:2\n  Open it there.',
    )
  })

  test('a death says how, and quotes the last lines of stderr', () => {
    const death = {
      worker: 'PoolWorker-1',
      exitCode: null,
      signal: null,
      outOfMemory: false,
      stderr: '',
      task: undefined,
    }
    const firstLine = (
      fields: Partial<typeof death> | { signal: 'SIGKILL' } | { exitCode: number } | { task: string },
    ) => createError('WORKER_DIED', { ...death, ...fields }).message.split('\n')[0]
    assert.equal(firstLine({}), 'PoolWorker-1 died: it vanished')
    assert.equal(firstLine({ exitCode: 7 }), 'PoolWorker-1 died: exit code 7')
    assert.equal(firstLine({ signal: 'SIGKILL' }), 'PoolWorker-1 died: killed by SIGKILL')
    assert.equal(
      firstLine({ outOfMemory: true }),
      'PoolWorker-1 died: it vanished, most likely out of memory',
    )
    assert.equal(firstLine({ task: 'work(1)' }), 'PoolWorker-1 died while it ran work(1): it vanished')
    const { message } = createError('WORKER_DIED', { ...death, stderr: 'one\ntwo\nthree\nfour\n' })
    assert.match(message, /its last words: two\n {2}three\n {2}four\n {2}The other tasks/)
  })

  test('a reason is shown as its message, as text, or as what it is', () => {
    const reason = (value: unknown) =>
      createError('TASK_CANCELLED', { task: 't', reason: value }).message.split('\n')[0]
    assert.equal(reason(new Error('enough')), 't was cancelled: enough')
    assert.equal(reason('stop it'), 't was cancelled: stop it')
    assert.equal(reason({ odd: 1 }), 't was cancelled: an object')
  })
})

suite('ManycoreError.is', () => {
  test('recognises errors of every class and nothing else', () => {
    assert.ok(CODES.every(code => ManycoreError.is(sample(code))))
    assert.ok(ManycoreError.is(new base.SystemExit(3)))
    for (const other of [null, undefined, 1, 'text', {}, new Error('no'), () => {}])
      assert.ok(!ManycoreError.is(other))
  })

  test('recognises the errors of another copy of the package', async () => {
    const again = new URL('../../src/base/manycore-error.js?again', import.meta.url).href
    const copy = (await import(again)) as { ManycoreError: typeof ManycoreError }
    assert.notEqual(copy.ManycoreError, ManycoreError)
    assert.ok(ManycoreError.is(new copy.ManycoreError('X', 'x')))
  })
})

test('SystemExit keeps the status that was asked for', () => {
  assert.equal(new base.SystemExit(3).status, 3)
  assert.equal(new base.SystemExit().status, undefined)
  assert.deepEqual(new base.SystemExit(['why']).status, ['why'])
})

suite('describe', () => {
  const cases: [unknown, string][] = [
    [null, 'null'],
    [undefined, 'undefined'],
    [3, '3'],
    [3n, '3n'],
    [true, 'true'],
    [Symbol('mark'), 'Symbol(mark)'],
    ['abc', "the string 'abc'"],
    ['x'.repeat(50), `the string '${'x'.repeat(37)}…'`],
    [[1, 2], 'an array of 2'],
    [{}, 'an object'],
    [Object.create(null), 'an object'],
    [new Map(), 'a Map'],
    [function work() {}, 'the function work'],
    [(() => () => {})(), 'the function (anonymous)'],
  ]
  for (const [value, text] of cases) test(text, () => assert.equal(describe(value), text))

  test('is one short line for anything, and never throws', () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
        value => {
          assert.ok(describe(value).length < 400)
        },
      ),
    )
  })
})

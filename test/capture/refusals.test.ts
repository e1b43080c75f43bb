import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { CaptureError } from '../../src/base/index.ts'
import { capture } from '../../src/capture/index.ts'
import { pack } from '../../src/codec/index.ts'
import { runProgram } from '../support/index.ts'

/*
 * What an error says of the thing, and that its advice is of use.
 */

const THREAD = { transfer: true, share: true }
const PROCESS = { transfer: false, share: false }

function refusalOf(fn: Function, can = THREAD): CaptureError {
  try {
    capture(fn, 'pool.map', can)
  } catch (error) {
    assert.ok(error instanceof CaptureError, String(error))
    return error
  }
  return assert.fail('it is refused')
}

const literal = {
  text(): string {
    return super.toString()
  },
}
class Holder {
  static read: (holder: Holder) => number
  readonly #value = 1
  static {
    Holder.read = holder => holder.#value
  }
  value(): number {
    return this.#value
  }
}
class Wrapped {
  readonly #value = 1
  value(): number {
    return this.#value
  }
}
const bare = Wrapped.prototype.value
Wrapped.prototype.value = function (): number {
  return bare.call(this)
}
const later = promisify(fs.readFile)
const form = new FormData()
const stats = fs.statSync('.')
const stream = new PassThrough()
const hash = createHash('sha1')
const blob = new Blob(['x'])
const silent = new Proxy(() => 1, { get: () => assert.fail('it is not read') })

const SAID: readonly (readonly [name: string, fn: Function, says: RegExp, advice: RegExp])[] = [
  ['a Proxy of a function', () => silent(), /it is a Proxy, which no copy/, /plain values/],
  ['what promisify made', () => later, /made inside Node itself/, /\(\.\.\.args\) => promisify\(readFile\)/],
  ['a FormData', () => form, /it is a FormData, and only Node's own code/, /const first/],
  ['fs.Stats', () => stats, /it is a Stats \(node:fs\), and only Node's own code/, /const first/],
  [
    'a stream',
    () => stream,
    /it is a PassThrough \(node:stream\), which holds something of this thread/,
    /Make it inside/,
  ],
  [
    'a hash',
    () => hash,
    /it is a Hash \(node:crypto\), which holds something of this thread/,
    /Make it inside/,
  ],
  [
    'a bound method of an object literal',
    literal.text.bind(literal),
    /it uses `super`/,
    /what super means by its name/,
  ],
  ['an arrow in a static block', Holder.read, /private name #value/, /Class\.method\.bind\(Class\)/],
  [
    'a wrapped method of a class',
    () => new Wrapped().value(),
    /private name #value/,
    /export the class from a module/,
  ],
  ['a bare method of a class', Holder.prototype.value, /private name #value/, /^Pass the method bound/],
]

for (const [name, fn, says, advice] of SAID) {
  test(name, () => {
    const { message, remedy } = refusalOf(fn) as CaptureError & { remedy: string }
    assert.match(message, says)
    assert.match(remedy, advice)
  })
}

test('what only threads can copy, to a process', () => {
  const { message } = refusalOf(() => blob, PROCESS)
  assert.match(message, /it is a Blob, which can't cross\n/)
  assert.match(message, /Only threads of one process can copy it/)
})

test('the reason is that of what was refused, not of what was refused before it', () => {
  assert.throws(() => pack([hash], { path: 'args', can: THREAD }), /a Hash/)
  const iterator = [1].values()
  assert.match(refusalOf(() => iterator).message, /it is an iterator, which can't cross/)
})

test('an argument with private fields is told which, and what registerClass() asks for', () => {
  assert.throws(() => pack([new Holder()], { path: 'args', can: THREAD }), {
    code: 'CANNOT_CLONE',
    message:
      /Its private #value can't be .*registerClass\(Holder, \{ pack: it => .*unpack: packed => new Holder/,
  })
})

test('what code of a package does is told by the own variable that leads there', {
  timeout: 60_000,
}, async () => {
  const { stdout, stderr } = await runProgram(
    `import { explain } from 'manycore'
    import { Tool } from 'tool'
    const tool = new Tool()
    const { declaredAt, remedy } = explain(() => tool.run()).refused
    console.log(declaredAt.replace(/.*\\//, ''), remedy)`,
    {
      files: {
        'node_modules/tool/package.json': '{ "type": "module", "exports": "./tool.js" }',
        'node_modules/tool/tool.js': 'export class Tool { run = () => this.x }',
      },
    },
  )
  assert.equal(stderr, '')
  assert.match(
    stdout,
    /^main\.mjs:3:11 It is the code of a package: make what the variable tool of .* inside/,
  )
})

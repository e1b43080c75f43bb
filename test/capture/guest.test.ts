import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProgram, tempDir } from '../support/index.ts'

/*
 * Capture lives in a process that is the user's: what debuggers, coverage and warnings show must be as without it.
 */

const CAPTURE = new URL('../../src/capture/index.js', import.meta.url).href
const SIDES = new URL('./sides.js', import.meta.url).href

interface Range {
  readonly startOffset: number
  readonly endOffset: number
  readonly count: number
}
interface Covered {
  readonly functionName: string
  readonly isBlockCoverage: boolean
  readonly ranges: readonly Range[]
}

const MEASURED = `
import { branches } from './branches.mjs'
branches(1); branches(2)
if (process.env.CAPTURES) {
  const { capture } = await import('${CAPTURE}')
  const can = { transfer: true, share: true }
  const extra = 3
  for (let i = 0; i < 3; i++) capture(x => branches(x) + extra + i, 'test', can)
  capture(eval('(x => x + 7)'), 'test', can)
}
branches(3)
`
const BRANCHES = `export function branches(x) {
  if (x > 10) {
    return 'never'
  }
  return x > 1 ? 'some' : 'one'
}
`

async function coverageOf(captures: boolean): Promise<readonly Covered[]> {
  const dir = tempDir()
  const { code, stderr } = await runProgram(MEASURED, {
    files: { 'branches.mjs': BRANCHES },
    env: { NODE_V8_COVERAGE: dir.path, CAPTURES: captures ? '1' : undefined },
  })
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const [file] = readdirSync(dir.path)
  const { result } = JSON.parse(readFileSync(join(dir.path, file as string), 'utf8')) as {
    result: { url: string; functions: Covered[] }[]
  }
  return result.find(({ url }) => url.endsWith('/branches.mjs'))?.functions ?? []
}

test('block coverage of the user’s code is as without capture', { timeout: 60_000 }, async () => {
  const [without, with_] = await Promise.all([coverageOf(false), coverageOf(true)])
  assert.ok(without.some(fn => fn.functionName === 'branches' && fn.isBlockCoverage && fn.ranges.length > 1))
  assert.deepEqual(with_, without)
})

test('a debugger that is attached sees no pause', async () => {
  const { stdout, stderr } = await runProgram(`
    import inspector from 'node:inspector'
    import { capture } from '${CAPTURE}'
    const session = new inspector.Session()
    session.connect()
    let pauses = 0
    session.on('Debugger.paused', () => pauses++)
    session.post('Debugger.enable')
    session.post('Debugger.setPauseOnExceptions', { state: 'uncaught' })
    const can = { transfer: true, share: true }
    const three = 3
    capture(x => x + three, 'test', can)
    capture(eval('(x => x + 7)'), 'test', can)
    try { capture(() => session, 'test', can) } catch {}
    console.log('pauses', pauses)
  `)
  assert.equal(stderr, '')
  assert.equal(stdout.trim(), 'pauses 0')
})

test('no experimental warning is shown, here or in the worker', async () => {
  const { stdout, stderr } = await runProgram(
    `
    import { ThreadSide, ProcessSide } from '${SIDES}'
    for (const side of [new ThreadSide(), new ProcessSide()]) {
      console.log(await side.call(async () => (await import('./other.mjs')).answer, []))
      await side.close()
    }
  `,
    { files: { 'other.mjs': 'export const answer = 42' } },
  )
  assert.equal(stderr, '')
  assert.deepEqual(stdout.trim().split('\n'), ['42', '42'])
})

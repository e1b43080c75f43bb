import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProgram, tempDir } from '../support/index.ts'

/*
 * What runs in a worker counts for the text that the user wrote, whatever the way on which it came there; and what can't
 * be counted so counts for no other text.
 */

interface Covered {
  readonly functionName: string
  readonly ranges: readonly {
    readonly startOffset: number
    readonly endOffset: number
    readonly count: number
  }[]
}

const BRANCHY = `x => {
  if (x > 10) {
    return 'never'
  }
  return tail(x)
}`
const TAIL = `function tail(x) {
  return x > 5 ? 'much' : 'little'
}`
const FAILING = `() => {
  throw new Error('here')
}`
const UP = '() => ++count'
const LATER = '() => { up(); return count }'
const PROGRAM = `import { Pool, ThreadPool } from 'manycore'
import { strict as assert } from 'node:assert'

let count = 0
const branchy = ${BRANCHY}
${TAIL}
const failing = ${FAILING}
const up = ${UP}
const changed = ${LATER}
process.removeAllListeners('warning')
for (const Kind of [Pool, ThreadPool]) {
  const pool = new Kind(1)
  assert.equal(await pool.apply(branchy, [1]), 'little')
  const error = await pool.apply(failing).catch(error => error)
  console.log(error.stack.split('\\n').find(line => line.includes('failing')))
  console.log(await pool.apply(changed))
  pool.close()
  await pool.join()
}
`

/** All that was counted for `file`, each process and thread for itself, but for whole scripts and what they begin with. */
function coveredIn(folder: string, file: string): Covered[][] {
  return readdirSync(folder).map(name => {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      result: { url: string; functions: Covered[] }[]
    }
    return result
      .filter(({ url }) => url.startsWith('file:') && url.endsWith(`/${file}`))
      .flatMap(({ functions }) => functions)
      .filter(({ ranges }) => (ranges[0]?.startOffset ?? 0) > 1)
  })
}

test('functions that travel by value count for their own text', { timeout: 60_000 }, async () => {
  const { path } = tempDir()
  const run = await runProgram(PROGRAM, { env: { NODE_V8_COVERAGE: path }, name: 'counted.mjs' })
  assert.deepEqual([run.stderr, run.code], ['', 0])
  const line = PROGRAM.slice(0, PROGRAM.indexOf("throw new Error('here')")).split('\n').length
  const lines = run.stdout.trim().split('\n')
  assert.equal(lines.length, 4)
  // Stacks still show the user's own file, line and column.
  for (const at of [0, 2]) assert.match(lines[at] as string, new RegExp(`/counted\\.mjs:${line}:9\\)$`))
  assert.deepEqual([lines[1], lines[3]], ['1', '1'])

  const all = coveredIn(path, 'counted.mjs')
  const textOf = (startOffset: number, endOffset: number): string => PROGRAM.slice(startOffset, endOffset)
  const known = [BRANCHY, TAIL, FAILING, UP, LATER]
  const counts = new Map<string, number[]>()
  const names = new Set<string>()
  for (const covered of all) {
    for (const { ranges, functionName } of covered) {
      const [whole, ...parts] = ranges as [Covered['ranges'][0]]
      const text = textOf(whole.startOffset, whole.endOffset)
      if (!known.includes(text)) {
        assert.ok(/^error => error$|^line =>/.test(text), `counted for what stands there by chance: ${text}`)
        continue
      }
      counts.set(text, [...(counts.get(text) ?? []), whole.count])
      if (text === BRANCHY) names.add(functionName)
      if (text !== BRANCHY || whole.count === 0) continue
      // The block with `return 'never'`, to V8's own ends of blocks.
      assert.ok(
        parts.some(
          ({ startOffset, endOffset, count }) =>
            count === 0 && textOf(startOffset, endOffset).includes("'never'"),
        ),
      )
    }
  }
  // Node adds up what has the same name, too.
  assert.deepEqual([...names], ['branchy'])
  const runs = (text: string): number => (counts.get(text) ?? []).reduce((sum, count) => sum + count, 0)
  assert.deepEqual([runs(BRANCHY), runs(TAIL), runs(FAILING)], [2, 2, 2])
  // They stand for one variable in common, so their text was changed: they are not counted, and nowhere else either.
  assert.deepEqual([runs(UP), runs(LATER)], [0, 0])
})

test('so do those of a file that a compiler rewrote in memory', { timeout: 60_000 }, async () => {
  const { path } = tempDir()
  const program = `import { Pool } from 'manycore'
interface Sized { size: number }
const small = ({ size }: Sized): boolean => {
  if (size > 10) return false
  return true
}
const pool = new Pool(1)
console.log(await pool.apply(small, [{ size: 4 }]))
pool.close()
await pool.join()
`
  const run = await runProgram(program, {
    env: { NODE_V8_COVERAGE: path },
    name: 'rewritten.mts',
    execArgv: ['--import', import.meta.resolve('tsx')],
  })
  assert.deepEqual([run.stderr, run.stdout, run.code], ['', 'true\n', 0])
  const places = new Map<string, number[]>()
  for (const { ranges } of coveredIn(path, 'rewritten.mts').flat()) {
    const { startOffset, endOffset, count } = ranges[0] as Covered['ranges'][0]
    const place = `${startOffset}-${endOffset}`
    places.set(
      place,
      [...(places.get(place) ?? []), count].toSorted((a, b) => a - b),
    )
  }
  // In the same place of what the compiler made: the program has not called it, the worker has.
  const inBoth = [...places.values()].filter(counts => counts.length === 2)
  assert.deepEqual(inBoth, [[0, 1]])
})

test('the first function of a short file, before which there is no room, counts nowhere', {
  timeout: 60_000,
}, async () => {
  const { path } = tempDir()
  const program = `const f = () => 7
import { Pool } from 'manycore'
const pool = new Pool(1)
console.log(await pool.apply(f))
pool.close()
await pool.join()
`
  const run = await runProgram(program, { env: { NODE_V8_COVERAGE: path }, name: 'short.mjs' })
  assert.deepEqual([run.stderr, run.stdout, run.code], ['', '7\n', 0])
  const counted = coveredIn(path, 'short.mjs').flat()
  assert.deepEqual(
    counted.map(({ ranges: [whole] }) => [program.slice(whole?.startOffset, whole?.endOffset), whole?.count]),
    [['() => 7', 0]],
  )
})

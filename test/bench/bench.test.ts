/* A smoke test: the bench runs, counts right and draws a page. Speed is measured there, never asserted. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'

const root = new URL('../../../', import.meta.url)
const benchFile = (path: string): string => new URL(`bench/${path}`, root).href

describe('bench', { timeout: 60_000 }, () => {
  it('measures a row and writes the page with its picture', async () => {
    const out = await mkdtemp(join(tmpdir(), 'manycore-bench-'))
    try {
      const args = ['bench/main.js', 'startup', '--quick', '--write', '--out', out]
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
      assert.match(stdout, /manycore: import +[\d.]+ /)
      assert.deepEqual(await readdir(join(out, 'benchmarks')), ['results.json', 'startup.svg'])
      const page = await readFile(join(out, 'benchmarks.md'), 'utf8')
      assert.match(page, /\| \*\*manycore: import\*\* \| [\d.,]+ \|/)
      assert.doesNotMatch(page, /NaN|undefined/)
    } finally {
      await rm(out, { recursive: true })
    }
  })

  it('names the rows there are when asked for another', async () => {
    const failed = promisify(execFile)(process.execPath, ['bench/main.js', 'nosuch'], { cwd: root })
    await assert.rejects(failed, { code: 2, stderr: /no such row: nosuch\. There are: noop, map/ })
  })

  it('takes medians, quantiles and paired ratios', async () => {
    const { median, quantile, pairedRatio } = await import(benchFile('lib/stats.js'))
    assert.equal(median([10, 2, 33]), 10)
    assert.equal(median([1, 2, 3, 4]), 2.5)
    assert.equal(quantile([0, 10], 0.99), 9.9)
    assert.equal(pairedRatio([20, 40, 90], [10, 20, 30]).median, 2)
  })

  it('reports a contestant that ends instead of answering', async () => {
    const { interleave } = await import(benchFile('lib/interleave.js'))
    const broken = {
      label: 'broken',
      command: process.execPath,
      args: ['-e', 'throw new Error("no good")'],
      question: {},
    }
    const results = await interleave([broken], { rounds: 1, deadline: 10_000 })
    assert.match(results.get('broken').error, /ended with 1: Error: no good/)
  })
})

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
      const args = ['bench/main.js', 'startup', '--quick', '--rounds', '1', '--write', '--out', out]
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

  it('starts contestants without settings of the interpreters, with all else', async () => {
    const { fairEnvironment } = await import(benchFile('lib/environment.js'))
    const kept = { PATH: '/bin', HOME: '/home', NODE_PATH: '/modules', PYTHONPATH: '/modules' }
    const dropped = {
      NODE_EXTRA_CA_CERTS: 'a',
      NODE_OPTIONS: 'b',
      UV_THREADPOOL_SIZE: '1',
      PYTHONOPTIMIZE: '2',
    }
    assert.deepEqual(fairEnvironment({ ...kept, ...dropped }), kept)
  })

  it('leaves what is bare or out of the target out of "ahead of all", and says so', async () => {
    const { aheadTarget, table } = await import(benchFile('lib/table.js'))
    const line = (label: string, value: number, flags = {}): object => ({ label, samples: [value], ...flags })
    const result = table({
      better: 'lower',
      series: [
        line('manycore', 10, { ours: true }),
        line('other', 20),
        line('fork', 1, { outOfTarget: true }),
        line('bare', 1, { baseline: true }),
      ],
    })
    aheadTarget(result, 'manycore')
    const [target] = result.targets
    assert.equal(target.text, 'manycore ahead of all but fork')
    assert.equal(target.measured, '2× as good as other')
    assert.equal(target.reached, true)
  })

  it('shares a list out evenly', async () => {
    const { fairShares, mixedLengths } = await import(benchFile('lib/stats.js'))
    const lengths: number[] = mixedLengths(1000)
    const shares: number[][] = fairShares(lengths, 2)
    const [a = 0, b = 0] = shares.map(share => share.reduce((sum, length) => sum + length, 0))
    assert.equal(shares.flat().length, lengths.length)
    assert.ok(Math.abs(a - b) < 0.3, `${a} and ${b}`)
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

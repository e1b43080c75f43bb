import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Outcome } from '../../../cli/map/outcome.ts'
import { type Crew, Summary } from '../../../cli/map/summary.ts'
import { formatDuration, formatRate } from '../../../cli/map/units.ts'

function summaryOf(outcomes: readonly Outcome[], wallMs: number, crew: Partial<Crew> = {}): string {
  const summary = new Summary(() => ({ workers: 4, concurrency: 1, kind: 'processes', ...crew }))
  for (const outcome of outcomes) summary.add(outcome)
  return summary.text(wallMs)
}

function done(ms: number, recorded = false): Outcome {
  return { state: 'done', input: 'a', json: '1', ms, recorded }
}

describe('Summary', () => {
  it('says how much faster than one core: time in tasks over time on the clock', () => {
    assert.equal(
      summaryOf([done(2000), done(1800)], 1000),
      '2 items in 1 s, 2 a second, on 4 processes\n3.8 times as fast as one core (3.8 s of tasks in all)\n',
    )
  })

  it('says how many tasks overlapped where a worker runs several at a time', () => {
    const text = summaryOf([done(2000), done(1800)], 1000, { concurrency: 5, kind: 'threads', workers: 1 })
    assert.match(text, /on 1 thread\n3\.8 tasks under way at a time on average/)
  })

  it('boasts of nothing that was read from the journal, nor of a run that is all start-up', () => {
    assert.equal(
      summaryOf([done(9000, true), done(50)], 1000),
      '2 items in 1 s, 2 a second, on 4 processes, 1 read from the journal\n',
    )
  })

  it('lists twenty failures and counts the rest', () => {
    const outcomes = Array.from({ length: 25 }, (_, i): Outcome => {
      return {
        state: 'failed',
        input: `file\n${i}`,
        failure: { name: 'Error', code: 'ENOENT', message: 'gone\nmore' },
      }
    })
    const lines = summaryOf(outcomes, 1000).split('\n')
    assert.match(lines[0] ?? '', /25 items .* 25 failed/)
    assert.equal(lines[2], '  file\\n0: ENOENT: gone')
    assert.equal(lines[21], '  file\\n19: ENOENT: gone')
    assert.equal(lines[22], '  and 5 more')
  })

  it('tells a run that was stopped', () => {
    assert.match(
      summaryOf([done(1), { state: 'stopped', input: 'b' }], 1000),
      /^1 item in .*stopped before the end/,
    )
    const summary = new Summary(() => ({ workers: 1, concurrency: 1, kind: 'threads' }))
    summary.stopped()
    assert.match(summary.text(1000), /^0 items in .*stopped before the end/)
  })
})

describe('units', () => {
  it('are readable at every size', () => {
    assert.deepEqual([0.1234, 12, 999.7, 12_345, 99_960, 7_500_000].map(formatDuration), [
      '0.123 ms',
      '12 ms',
      '1 s',
      '12.3 s',
      '1 min 40 s',
      '2 h 5 min',
    ])
    assert.deepEqual([0.5, 99.96, 12_345.6].map(formatRate), ['0.5', '100', '12,346'])
  })
})

import assert from 'node:assert/strict'
import { afterEach } from 'node:test'
import { eachKind, everyFew, nothingLeft } from '../support/index.ts'
import {
  cell,
  coded,
  type Expectation,
  IN_ARGUMENTS,
  IN_RESULT,
  IN_TASK,
  possible,
  runTarget,
} from './cells.ts'
import {
  afterPause,
  Bomb,
  duringRun,
  EXIT_CODE,
  type Fault,
  resultThatPacks,
  resultWithTrap,
  withArgument,
} from './fixtures/misdeeds.ts'

/* The same faults in the target of a Process or Thread. Nothing limits its time; its program ends it. */

const ALL: readonly Fault[] = [
  'throws',
  'exits',
  'is killed',
  'runs out of memory',
  'never answers',
  'cannot travel',
  'is huge',
]
const DEADLY = ALL.slice(0, 5)

eachKind(kind => {
  afterEach(() => nothingLeft())
  const ended: Expectation = coded('WORKER_DIED', { exitCode: kind.pick(-15, -15) })
  const PLACES = [
    { name: 'run', fn: duringRun, bad: (fault: Fault) => fault, faults: ALL, expected: IN_TASK },
    {
      name: 'run, after an await',
      fn: afterPause,
      bad: (fault: Fault) => fault,
      faults: ALL,
      expected: IN_TASK,
    },
    {
      name: 'arguments',
      fn: withArgument,
      bad: (fault: Fault) => new Bomb('unpack', fault),
      faults: DEADLY,
      expected: IN_ARGUMENTS,
    },
    {
      name: 'result, taken apart',
      fn: resultThatPacks,
      bad: (fault: Fault) => fault,
      faults: DEADLY,
      expected: IN_RESULT,
    },
    {
      name: 'result, read',
      fn: resultWithTrap,
      bad: (fault: Fault) => fault,
      faults: DEADLY,
      expected: IN_RESULT,
    },
  ] as const
  /** An out-of-memory end is `abort` for a process and an exit code for a thread. */
  const codes: Readonly<Record<Fault, number | null>> = {
    throws: 1,
    exits: EXIT_CODE,
    'is killed': -9,
    'runs out of memory': kind.pick(1, -6),
    'never answers': -15,
    'never settles': 0,
    'cannot travel': 0,
    'is huge': 0,
  }
  for (const [row, { name, fn, bad, faults, expected }] of PLACES.entries()) {
    // In `npm test` half of them on threads, the other half on processes.
    const some = everyFew(faults, row + kind.pick(0, 1), 2)
    for (const fault of some.filter(each => possible(kind, each))) {
      cell(`${name} ${fault}`, async () => {
        const { found, exitCode } = await runTarget(kind, fn, bad(fault), fault)
        if (fault === 'never answers') ended(found)
        else expected[fault](found)
        // A target that ended well but whose result can't travel ended well: only result() tells.
        assert.equal(exitCode, expected === IN_RESULT && fault === 'throws' ? 0 : codes[fault])
      })
    }
  }
})

import { eachKind } from '../support/index.ts'
import { IN_TASK, WAYS } from './cells.ts'
import { afterPause, duringRun, FAULTS } from './fixtures/misdeeds.ts'
import { declarePlace } from './places.ts'

eachKind(kind => {
  const row = { bad: (fault: unknown) => fault, faults: FAULTS, expected: IN_TASK }
  declarePlace(kind, { name: 'run', fn: duringRun, ...row }, WAYS, { of: 2 })
  declarePlace(kind, { name: 'run, after an await', fn: afterPause, ...row }, ['apply', 'map', 'imap'], {
    of: 3,
  })
})

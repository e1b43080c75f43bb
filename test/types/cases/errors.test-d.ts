import { expectTypeOf } from 'expect-type'
import {
  createError,
  type ErrorCode,
  type ManycoreError,
  type TimeoutError,
  type WorkerDiedError,
} from '../../../src/base/index.ts'

const late = createError('TASK_TIMEOUT', { task: 't', timeout: 1, worker: 'w' })
expectTypeOf(late).toExtend<ManycoreError>()
expectTypeOf<TimeoutError['timeout']>().toEqualTypeOf<number>()
expectTypeOf<WorkerDiedError['exitCode']>().toEqualTypeOf<number | null>()
expectTypeOf<'INTERNAL'>().toExtend<ErrorCode>()

// @ts-expect-error -- a code that is not in the table
createError('NO_SUCH_CODE', {})
// @ts-expect-error -- a field is missing
createError('TASK_TIMEOUT', { task: 't', worker: 'w' })
// @ts-expect-error -- a field of another type
createError('TASK_TIMEOUT', { task: 't', timeout: 'soon', worker: 'w' })

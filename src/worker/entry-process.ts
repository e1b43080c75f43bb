// What a child process runs. It loads nothing of the user's until it is told to.
import { allowBlocking } from '../base/index.ts'
import { ProcessProgramLink } from '../link/index.ts'
import { runWorker } from './run-worker.ts'

allowBlocking()
runWorker(new ProcessProgramLink())

// What a child process runs. It loads nothing of the user's until it is told to.
import { ProcessProgramLink } from '../link/index.ts'
import { runWorker } from './run-worker.ts'

runWorker(new ProcessProgramLink())

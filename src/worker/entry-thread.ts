// What a worker thread runs. It loads nothing of the user's until it is told to.
import { ThreadProgramLink } from '../link/index.ts'
import { runWorker } from './run-worker.ts'

runWorker(new ThreadProgramLink())

// What a worker process runs where the library is in separate files.
import { startProcess } from './entries.ts'

startProcess()

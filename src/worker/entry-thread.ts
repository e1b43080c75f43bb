// What a worker thread runs where the library is in separate files.
import { startThread } from './entries.ts'

startThread()

export { Mutex } from './mutex.ts'

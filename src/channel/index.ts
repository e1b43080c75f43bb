/** channel */
export { Queue } from './queue.ts'
export { SimpleQueue } from './simple-queue.ts'
export { JoinableQueue } from './joinable-queue.ts'

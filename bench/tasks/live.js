/*
 * A bare worker, thread or process, that can do one task: it answers each message with what the task makes of it.
 */
import { parentPort } from 'node:worker_threads'
import { dieOnce } from './functions.js'

if (parentPort === null) process.on('message', message => process.send(dieOnce(message) ?? null))
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
else parentPort.on('message', message => parentPort.postMessage(dieOnce(message)))

import { parentPort } from 'node:worker_threads'

if (parentPort === null) process.on('message', message => process.send(message))
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
else parentPort.on('message', message => parentPort.postMessage(message))

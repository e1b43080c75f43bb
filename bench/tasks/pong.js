import { parentPort } from 'node:worker_threads'

if (parentPort === null) process.on('message', message => process.send(message))
else parentPort.on('message', message => parentPort.postMessage(message))

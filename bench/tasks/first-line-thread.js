import { parentPort } from 'node:worker_threads'

const at = Number(process.hrtime.bigint()) / 1e6
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
parentPort.postMessage(at)

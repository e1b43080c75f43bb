/*
 * A bare worker, thread or process, that works off a list of lengths: the whole of it, or, with a counter that
 * it shares with others, whatever is the next one.
 */
import { parentPort } from 'node:worker_threads'
import { busy } from './functions.js'

function all({ lengths }) {
  for (const ms of lengths) busy(ms)
}

function next({ lengths, counter }) {
  const take = () => Atomics.add(counter, 0, 1)
  for (let at = take(); at < lengths.length; at = take()) busy(lengths[at])
}

function work(message, answer) {
  if (message.counter === undefined) all(message)
  else next(message)
  answer('done')
}

if (parentPort === null) process.on('message', message => work(message, done => process.send(done)))
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
else parentPort.on('message', message => work(message, done => parentPort.postMessage(done)))

/*
 * One start of a process or thread, up to the first line run in it.
 *   node programs/start.js <thread|process> <warm|spawn|bare> [own]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { serve } from '../lib/serve.js'
import { firstLine } from '../tasks/first-line.js'

const [kind, how, own] = process.argv.slice(2)
const file = fileURLToPath(new URL(`../tasks/first-line-${kind}.js`, import.meta.url))
const now = firstLine
/** A function of the program itself, as in most programs; else an export of a module, which is loaded first. */
const target = own ? () => Number(process.hrtime.bigint()) / 1e6 : firstLine

/** Each answers when the start began and when the first line ran; the worker has ended by then. */
const BARE = {
  async process() {
    const started = now()
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] })
    const at = Number(await text(child.stdio[3]))
    if (child.exitCode === null) await once(child, 'exit')
    return { started, at }
  },
  async thread() {
    const started = now()
    const worker = new Worker(file)
    const gone = once(worker, 'exit')
    const [at] = await once(worker, 'message')
    await gone
    return { started, at }
  },
}

async function ours() {
  const { Process, setStartMethod, Thread } = await import('../../dist/lib/index.js')
  setStartMethod(how)
  const Kind = kind === 'thread' ? Thread : Process
  return async () => {
    const worker = new Kind({ target })
    const started = now()
    worker.start()
    const at = await worker.result()
    await worker.join()
    return { started, at }
  }
}

const start = how === 'bare' ? BARE[kind] : await ours()

await serve({
  /** Milliseconds from just before the start to the first line. Then `pause` ms pass, in which the next spare starts. */
  async start({ pause }) {
    const { started, at } = await start()
    await new Promise(resolve => setTimeout(resolve, pause))
    return { value: at - started }
  },
})

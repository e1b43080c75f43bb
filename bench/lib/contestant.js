/*
 * One contestant = one program of its own (Node or Python), so that no library's heap, threads or timers
 * disturb another's figures. It stays alive and idle between its turns, its pool warm.
 *
 *    runner ── {"measure": "throughput", …} line on stdin ──► program
 *           ◄── {"value": 123, …} or {"error": "…"} line on fd 3 ──
 *
 * fd 3, not stdout: whatever a library prints stays out of the talk.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { fairEnvironment } from './environment.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

const running = new Set()

/** Kills what is still running, whole process groups: a hung pool leaves its workers otherwise. */
export function killAll() {
  for (const contestant of running) contestant.kill()
}

export class Contestant {
  #child
  #answers
  #waiting
  #stderr = ''

  /** @param {{ label: string, command: string, args: string[] }} spec */
  constructor(spec) {
    this.label = spec.label
    this.error = undefined
    const stdio = ['pipe', 'ignore', 'pipe', 'pipe']
    this.#child = spawn(spec.command, spec.args, { stdio, detached: true, env: fairEnvironment() })
    running.add(this)
    this.#child.stderr.on('data', text => {
      this.#stderr = (this.#stderr + text).slice(-4000)
    })
    this.#child.stdin.on('error', () => {})
    this.#child.on('error', error => this.#fail(error.message))
    this.#child.on('exit', (code, signal) => {
      running.delete(this)
      this.#fail(`ended with ${signal ?? code}: ${lastLine(this.#stderr)}`)
    })
    this.#answers = createInterface({ input: this.#child.stdio[3] })
    this.#answers.on('line', line => this.#settle(JSON.parse(line)))
  }

  /** Asks for one measurement. An answer that says `error`, or none in `deadline` ms, ends the contestant. */
  async ask(question, deadline = 60_000) {
    if (this.error !== undefined) return { error: this.error }
    const answer = await new Promise(resolve => {
      const timer = setTimeout(() => this.#settle({ error: `no answer in ${deadline / 1000} s` }), deadline)
      this.#waiting = reply => {
        clearTimeout(timer)
        this.#waiting = undefined
        resolve(reply)
      }
      this.#child.stdin.write(`${JSON.stringify(question)}\n`)
    })
    if (answer.error !== undefined) {
      this.error ??= answer.error
      this.kill()
    }
    return answer
  }

  /** Lets the program close its pool and end; kills what has not gone after half a second. */
  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.kill()
    const gone = new Promise(resolve => this.#child.once('exit', resolve))
    const timer = setTimeout(() => this.kill(), 500)
    this.#child.stdin.end()
    await gone
    clearTimeout(timer)
    this.kill()
  }

  kill() {
    try {
      process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // the group is gone already
    }
  }

  #settle(answer) {
    this.#waiting?.(answer)
  }

  #fail(error) {
    this.error ??= error
    this.#settle({ error })
  }
}

/** The line of stderr that says why, without the folders of this machine. */
function lastLine(text) {
  const lines = text.trim().split('\n')
  const line = lines.findLast(each => /error/i.test(each)) ?? lines.at(-1) ?? ''
  return line.replaceAll(root, '')
}

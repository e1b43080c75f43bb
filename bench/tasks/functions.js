/*
 * What the contestants run: the same functions for every library. They are ordinary exports, because that is
 * the only form that all of them can run.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isMainThread, threadId } from 'node:worker_threads'

export function noop() {}

export function double(x) {
  return x * 2
}

export function echo(value) {
  return value
}

/** Trial division by the odd numbers up to the root, as the example of Python's documentation does it. */
export function isPrime(n) {
  if (n < 2 || (n % 2 === 0 && n !== 2)) return false
  const root = Math.floor(Math.sqrt(n))
  for (let divisor = 3; divisor <= root; divisor += 2) {
    if (n % divisor === 0) return false
  }
  return true
}

export function sha256File(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

export function factorial(n) {
  return n < 2 ? 1 : n * factorial(n - 1)
}

/** Keeps its core busy for so many milliseconds. */
export function busy(ms) {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** `'die'` ends the worker in the middle of the task: a thread by leaving, a process by SIGKILL. */
export function dieOnce(what) {
  if (what !== 'die') return
  if (isMainThread) process.kill(process.pid, 'SIGKILL')
  else process.exit(1)
}

/** Says which worker it ran in, after some milliseconds, so that other workers get their share. */
export async function whereAfter(ms) {
  await new Promise(resolve => setTimeout(resolve, ms))
  return `${process.pid}:${threadId}`
}

/** By name, for the programs that are told on their command line what to run. */
export const TASKS = { noop, double, echo, isPrime, sha256File, factorial, busy, dieOnce, whereAfter }

/*
 * What a program holds after a full collection.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc')

export function collectGarbage() {
  gc()
  gc()
}

/** Bytes in the JavaScript heap and in buffers outside it. */
export function heldBytes() {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Bytes of this process and its children, shared pages counted once where the system tells (Linux). */
export function memoryOfTree() {
  try {
    return [process.pid, ...childrenOf(process.pid)].reduce((sum, pid) => sum + proportionalBytes(pid), 0)
  } catch {
    return process.memoryUsage.rss()
  }
}

function childrenOf(pid) {
  const own = readdirSync(`/proc/${pid}/task`).flatMap(task =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean),
  )
  return own.flatMap(child => [child, ...childrenOf(child)])
}

function proportionalBytes(pid) {
  const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  return Number(found[1]) * 1024
}

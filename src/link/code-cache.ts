import { writeSync } from 'node:fs'
import type { MessagePort } from 'node:worker_threads'
import { namelessFile } from '../memory/index.ts'

/*
 * The library in the engine's compiled form. Compiling it from its text takes a worker a third of its start; a program
 * has done that already, so its workers get what came of it. It is made after the first worker was started: a worker
 * takes longer to get to its loader, which looks whether it is there and else compiles the text.
 *
 *   program: start the worker ─► make it ─► thread: into its port; process: into a file without a name
 *
 * An engine that can't use it (another version, other flags) says so and compiles the text.
 */

/**
 * Where the library is one script, its loader gives it this: the compiled form of the whole script, with the functions
 * that have run by now. In separate files there is no such thing.
 */
declare const compileAhead: (() => Uint8Array) | undefined

let code: Uint8Array | undefined
let file: number | undefined
let written = false

/** Is there such a thing? */
function exists(): boolean {
  return typeof compileAhead === 'function'
}

function made(): Uint8Array {
  return (code ??= (compileAhead as () => Uint8Array)())
}

/** Leaves it to a thread, in the port that its loader looks into. */
export function leaveCode(port: MessagePort): void {
  if (exists()) port.postMessage(made())
}

/** The descriptor of a file that holds it, or will. `undefined` where there is none. */
export function codeFile(): number | undefined {
  if (!exists()) return undefined
  try {
    return (file ??= namelessFile())
  } catch {
    // No room: they compile the text.
    return undefined
  }
}

/** Fills that file. Its length comes first in it, and last into it: who reads before that finds nothing. */
export function fillCodeFile(): void {
  if (file === undefined || written) return
  written = true
  const bytes = made()
  const length = new Uint8Array(Uint32Array.of(bytes.length).buffer)
  writeSync(file, bytes, 0, bytes.length, length.length)
  writeSync(file, length, 0, length.length, 0)
}

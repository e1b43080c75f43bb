import { writeSync } from 'node:fs'
import { BUILD } from '../base/index.ts'
import { namelessFile } from '../memory/index.ts'

/*
 * The library in the engine's compiled form. Compiling it from its text takes a worker a third of its start; a program
 * has done that already, so its workers get what came of it. It is made after the first worker was started: a worker
 * takes longer to get to its loader, which looks whether it is there and else compiles the text.
 *
 *   program: start the worker ─► make it ─► thread: into shared memory; process: into a file without a name
 *
 * An engine that can't use it (other flags) says so and compiles the text. Not always so that of another Node, or where
 * the text is another: it dies of it. So it says there whose it is.
 */

/**
 * Where the library is one script, its loader gives it this: the compiled form of the whole script, with the functions
 * that have run by now. In separate files there is no such thing.
 */
declare const compileAhead: (() => Uint8Array) | undefined

/**
 * In both, its length comes first, and last into it: who reads before that finds nothing. Then which build of the
 * library it is. In bytes, as the loaders have it.
 */
const MEMORY_HEADER = 8
/** In the file, the engine's name is there too. */
const FILE_HEADER = 64
const LENGTH_BYTES = 4
/** Many times what it takes: of what is not used only addresses are. In bytes. */
const MOST = 16 * 2 ** 20

let code: Uint8Array | undefined
let memory: InstanceType<GrowableBuffer> | undefined
let file: number | undefined
let written = false

/** Is there such a thing? */
function exists(): boolean {
  return typeof compileAhead === 'function'
}

function made(): Uint8Array {
  return (code ??= (compileAhead as () => Uint8Array)())
}

/** Memory that holds it, or will, for the loaders of all threads. `undefined` where there is none. */
export function codeMemory(): SharedArrayBuffer | undefined {
  if (!exists()) return undefined
  memory ??= new (SharedArrayBuffer as unknown as GrowableBuffer)(MEMORY_HEADER, { maxByteLength: MOST })
  return memory
}

/** A SharedArrayBuffer that can grow, which TypeScript's library for this target does not know. */
type GrowableBuffer = new (
  size: number,
  options: { maxByteLength: number },
) => SharedArrayBuffer & { grow(size: number): void }

/** Fills that memory. */
export function fillCodeMemory(): void {
  if (!memory || memory.byteLength > MEMORY_HEADER) return
  const bytes = made()
  memory.grow(MEMORY_HEADER + bytes.length)
  new Uint8Array(memory, MEMORY_HEADER).set(bytes)
  Buffer.from(memory, LENGTH_BYTES).write(BUILD.slice(0, 2 * (MEMORY_HEADER - LENGTH_BYTES)), 'hex')
  Atomics.store(new Int32Array(memory, 0, 1), 0, bytes.length)
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

/** Fills that file. */
export function fillCodeFile(): void {
  if (file === undefined || written) return
  written = true
  const bytes = made()
  const header = Buffer.alloc(FILE_HEADER)
  header.writeUInt32LE(bytes.length)
  header.write(`${process.version} ${process.arch} ${BUILD}`, LENGTH_BYTES, 'latin1')
  try {
    writeSync(file, bytes, 0, bytes.length, FILE_HEADER)
    writeSync(file, header, 0, FILE_HEADER, 0)
  } catch {
    // No room: they compile the text. So they do where there was room for a part.
  }
}

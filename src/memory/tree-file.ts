import { makeArenaFile } from './arena-file.ts'

/*
 * One arena serves a program and all processes and threads below it. Its file is made, without native code, when the
 * first of them is started, and is inherited; nobody maps it before there is something to share.
 */

let file: number | undefined
let inherited = false

/** The descriptor of the file, for those that this thread is about to start. `undefined` where there is no such thing. */
export function treeFile(): number | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return (file ??= makeArenaFile())
  } catch {
    // No room: whoever shares something makes an arena then, or hears that there is no memory.
    return undefined
  }
}

/** This thread was started by one that has the file. */
export function inheritTreeFile(descriptor: number | undefined): void {
  file = descriptor
  inherited = descriptor !== undefined
}

/** Is there a program above this one with the same arena? */
export function isInTree(): boolean {
  return inherited
}

/** The file, if there is one by now. */
export function knownTreeFile(): number | undefined {
  return file
}

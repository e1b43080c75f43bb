import { type BigIntStats, fstatSync, statSync } from 'node:fs'

/*
 * What the system says of a pipe or a socket. Asked in 64 bits, whose answers Node keeps apart from the others: where
 * the last of those was about a pipe or a socket, its resolver no longer follows the links on the way to a module, and
 * loads it once more under another name (seen in Node 20; `fs.realpathSync` takes the answer for one of its own).
 */

export function statOf(descriptor: number): BigIntStats {
  return fstatSync(descriptor, { bigint: true })
}

export function inodeOf(descriptor: number): number {
  return Number(statOf(descriptor).ino)
}

export function inodeAt(path: string): number {
  return Number(statSync(path, { bigint: true }).ino)
}

import { readSync, writeSync } from 'node:fs'

/*
 * Bytes from and to the start of the file through which a client and a broker hand them to each other.
 */

export function fill(bytes: Uint8Array, file: number): void {
  for (let done = 0; done < bytes.length; ) {
    const count = readSync(file, bytes, done, bytes.length - done, done)
    if (count === 0) throw new RangeError('the file has been cut')
    done += count
  }
}

export function deliver(bytes: Uint8Array, file: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, done)
  }
}

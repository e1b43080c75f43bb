import { closeSync, readSync, writeSync } from 'node:fs'
import { undisturbed } from '../undisturbed.ts'
import { DarwinPlatform } from './darwin.ts'
import { type Libc, loadLibc } from './libc.ts'
import { LinuxPlatform } from './linux.ts'
import { newMemory } from './linux-memory.ts'
import { Mapper } from './mapper.ts'
import { NoPlatform } from './none.ts'
import type { Platform } from './platform.ts'
import { WindowsPlatform } from './windows.ts'

/**
 * Forces a lower platform than this machine has, for tests: `none` or `view`. On macOS and Windows `untested` takes what
 * was written for them and never run.
 */
const FORCED = 'MANYCORE_MEMORY'

let picked: Platform | undefined

/** What this machine can do. Found out when the first thing is shared: loading koffi takes some 15 ms. */
export function platform(): Platform {
  return (picked ??= pick())
}

function pick(): Platform {
  const forced = process.env[FORCED]
  if (forced === 'none') return new NoPlatform(`${FORCED}=none`)
  if (process.platform !== 'linux') return elsewhere(forced)
  let libc: Libc
  try {
    libc = undisturbed(loadLibc)
  } catch (error) {
    return new NoPlatform(
      `koffi can't be loaded, see npm install koffi: ${(error as Error).message.split('\n')[0]}`,
    )
  }
  const failed = (overlay: boolean): unknown => {
    try {
      tryOut(libc, overlay)
      return undefined
    } catch (error) {
      return error
    }
  }
  if (forced !== 'view' && !failed(true)) return new LinuxPlatform(libc, true)
  const reason = failed(false)
  if (!reason) return new LinuxPlatform(libc, false)
  return new NoPlatform(`memory can't be mapped (${(reason as Error).message.split('\n')[0]})`)
}

function elsewhere(forced: string | undefined): Platform {
  const Untested = { darwin: DarwinPlatform, win32: WindowsPlatform }[process.platform as string]
  if (!Untested || forced !== 'untested') return new NoPlatform(`not on ${process.platform} yet`)
  try {
    return undisturbed(() => new Untested())
  } catch (error) {
    return new NoPlatform(`the system does not work as written (${(error as Error).message.split('\n')[0]})`)
  }
}

/** Does what is written into the memory arrive in the file, and does it begin at a page? V8 promises neither. */
function tryOut(libc: Libc, overlay: boolean): void {
  const descriptor = newMemory(libc)
  try {
    // Written, not only made so long: to touch what the system has no memory for would end the process.
    writeSync(descriptor, Buffer.alloc(4096))
    const { buffer } = new Mapper(libc, overlay).map(descriptor, 4096)
    const words = new Int32Array(buffer)
    const probe = Buffer.alloc(4)
    for (const word of [0, 1023]) {
      Atomics.store(words, word, 0x5eed + word)
      readSync(descriptor, probe, 0, 4, word * 4)
      if (probe.readInt32LE() !== 0x5eed + word) throw new Error('the memory is not the file')
    }
  } finally {
    closeSync(descriptor)
  }
}

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { createError } from '../../base/index.ts'
import { LIFE, LIFE_AT, LIFE_WORDS } from '../seat-layout.ts'
import type { Libc } from './libc.ts'
import type { Block, Place, SeatWords } from './platform.ts'

const MAP_SHARED = 1
const READ_WRITE = 3
const MUTEX = { robust: 1, shared: 1 }
/** What a futex with an owner holds: the owner's thread id, and two flags. */
const THREAD_ID = 0x3fffffff

/**
 * Who is alive. Each thread locks one robust mutex, for ever; when the thread ends, however it ends, the kernel takes
 * its id out of the mutex. Nobody has to ask, tell or poll.
 */
export class LinuxLives {
  readonly #libc: Libc

  constructor(libc: Libc) {
    this.#libc = libc
  }

  /** Called while nobody else takes a life in this block. */
  take(block: Block, region: readonly [from: number, size: number], { words, at }: SeatWords): void {
    const seat = this.#stay(block, region) + (at * 4 - region[0])
    words.fill(0, at + LIFE, at + LIFE + LIFE_WORDS)
    const attributes = new Uint8Array(new ArrayBuffer(64))
    const address = this.#libc.address(attributes)
    const { init, robust, shared } = this.#libc.mutexAttributes
    const failed =
      init(address) ||
      robust(address, MUTEX.robust) ||
      shared(address, MUTEX.shared) ||
      this.#libc.mutexInit(seat, address) ||
      this.#libc.mutexLock(seat)
    if (failed) throw createError('INTERNAL', { what: `a robust mutex could not be locked (${failed})` })
    words[at + LIFE_AT] = at + this.#wordWithOwner(words, at)
  }

  lives({ words, at }: SeatWords): boolean {
    const word = words[at + LIFE_AT] as number
    if (word < at || word >= at + LIFE_WORDS) return false
    return (Atomics.load(words, word) & THREAD_ID) !== 0
  }

  /** C libraries put it in different places. */
  #wordWithOwner(words: Int32Array, at: number): number {
    const me = this.#libc.threadId()
    for (let word = 0; word < 4; word++) if ((Atomics.load(words, at + word) & THREAD_ID) === me) return word
    throw createError('INTERNAL', { what: 'this C library hides the owner of a mutex' })
  }

  /**
   * The region in pages that are never given back: the kernel looks at them after V8 has given up its own memory.
   * All threads of a process use the same ones.
   */
  #stay(block: Block, [from, size]: readonly [number, number]): number {
    const descriptor = (block.place as Place)[1]
    const there = mappedAt(fstatSync(descriptor).ino, from, size)
    if (there) return there
    const address = this.#libc.mmap(0, size, READ_WRITE, MAP_SHARED, descriptor, from)
    if (address === -1) {
      const reason = `it can't be mapped (${this.#libc.errno()})`
      throw createError('MEMORY_FULL', { size, reason })
    }
    return address
  }
}

function mappedAt(inode: number, offset: number, size: number): number | undefined {
  for (const line of readMaps().split('\n')) {
    // 7f3e5c000000-7f3e5c041000 rw-s 00001000 00:19 2187   /dev/shm/#2187 (deleted)
    const [range = '', , start = '', , node = ''] = line.split(/ +/, 5)
    if (Number(node) !== inode || Number.parseInt(start, 16) !== offset) continue
    const [from = 0, to = 0] = range.split('-').map(end => Number.parseInt(end, 16))
    if (to - from === size) return from
  }
  return undefined
}

function readMaps(): string {
  const descriptor = openSync('/proc/self/maps', 'r')
  try {
    return readFileSync(descriptor, 'latin1')
  } finally {
    closeSync(descriptor)
  }
}

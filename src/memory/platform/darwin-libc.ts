import { undisturbed } from '../undisturbed.ts'
import { loadKoffi } from './libc.ts'
import type { MapLibc } from './mapper.ts'

/*
 * The functions of macOS that are needed. UNTESTED: written from the headers and manual pages.
 */

export interface DarwinLibc extends MapLibc {
  flock(descriptor: number, operation: number): number
  write(descriptor: number, address: number, size: number): number
  fifo(path: string, mode: number): number
  shmOpen(name: string, flags: number, mode: number): number
  shmUnlink(name: string): number
  close(descriptor: number): number
  /** Up to so many microseconds, while the word holds `expected`. */
  wait(address: number, expected: number, microseconds: number): void
  wakeOne(address: number): void
  wakeAll(address: number): void
}

/** `os_sync_wait_on_address`: the word is shared between processes; the clock counts real time. */
const SHARED = 1
const CLOCK = 32
/** The same before macOS 14.4, where it was private: `UL_COMPARE_AND_WAIT_SHARED`, `ULF_WAKE_ALL`. */
const WAIT_SHARED = 3
const ALL = 0x100

export function loadDarwinLibc(): DarwinLibc {
  const koffi = loadKoffi()
  const library = koffi.load('/usr/lib/libSystem.B.dylib')
  const bind = (definition: string): ((...args: unknown[]) => number) => library.func(definition)
  // Functions with a variable number of arguments take them differently on arm64.
  const shmOpen = bind('int shm_open(const char *name, int flags, ...)')
  return {
    address: view => Number(koffi.address(view)),
    view: (address, size) => undisturbed(() => koffi.view(BigInt(address), size)),
    errno: () => koffi.errno(),
    mmap: bind(
      'intptr_t mmap(intptr_t address, size_t size, int protection, int flags, int descriptor, int64_t offset)',
    ),
    flock: bind('int flock(int descriptor, int operation)'),
    write: bind('intptr_t write(int descriptor, intptr_t bytes, size_t size)'),
    fifo: bind('int mkfifo(const char *path, uint16_t mode)'),
    shmOpen: (name, flags, mode) => shmOpen(name, flags, 'int', mode),
    shmUnlink: bind('int shm_unlink(const char *name)'),
    close: bind('int close(int descriptor)'),
    ...waiting(bind),
  }
}

function waiting(
  bind: (definition: string) => (...args: unknown[]) => number,
): Pick<DarwinLibc, 'wait' | 'wakeOne' | 'wakeAll'> {
  try {
    const wait = bind(
      'int os_sync_wait_on_address_with_timeout(intptr_t word, uint64_t value, size_t size, uint32_t flags, uint32_t clock, uint64_t nanoseconds)',
    )
    const one = bind('int os_sync_wake_by_address_any(intptr_t word, size_t size, uint32_t flags)')
    const all = bind('int os_sync_wake_by_address_all(intptr_t word, size_t size, uint32_t flags)')
    return {
      wait: (address, expected, limit) =>
        void wait(address, expected >>> 0, 4, SHARED, CLOCK, Math.max(1, limit) * 1000),
      wakeOne: address => void one(address, 4, SHARED),
      wakeAll: address => void all(address, 4, SHARED),
    }
  } catch {
    const wait = bind(
      'int __ulock_wait(uint32_t operation, intptr_t word, uint64_t value, uint32_t microseconds)',
    )
    const wake = bind('int __ulock_wake(uint32_t operation, intptr_t word, uint64_t value)')
    return {
      wait: (address, expected, limit) => void wait(WAIT_SHARED, address, expected >>> 0, Math.max(1, limit)),
      wakeOne: address => void wake(WAIT_SHARED, address, 0),
      wakeAll: address => void wake(WAIT_SHARED | ALL, address, 0),
    }
  }
}

import { createRequire } from 'node:module'
import type * as Koffi from 'koffi'
import { undisturbed } from '../undisturbed.ts'

/*
 * The functions of the C library that are needed, and nothing else: the whole surface to native code on Linux.
 * Addresses are passed as numbers; user space ends far below 2**53.
 */

export interface Libc {
  /** Address of the first byte. */
  address(view: ArrayBufferView): number
  /** An `ArrayBuffer` over memory that it doesn't own. */
  view(address: number, size: number): ArrayBuffer
  errno(): number
  mmap(
    address: number,
    size: number,
    protection: number,
    flags: number,
    descriptor: number,
    offset: number,
  ): number
  memfd(name: string, flags: number): number
  fcntl(descriptor: number, command: number, argument: number): number
  flock(descriptor: number, operation: number): number
  /** 0, or the error's number. */
  allocate(descriptor: number, offset: number, size: number): number
  /** Takes pages out of a file. */
  punch(descriptor: number, mode: number, offset: number, size: number): number
  pipe(ends: Int32Array, flags: number): number
  /** For what was not opened by Node, which keeps its own books. */
  close(descriptor: number): number
  write(descriptor: number, address: number, size: number): number
  futex(address: number, operation: number, value: number, timeout: number): number
  threadId(): number
  /** A descriptor that stands for a process. */
  pidfdOpen(pid: number, flags: number): number
  /** A descriptor of one's own for what another process has open. */
  pidfdGet(pidfd: number, descriptor: number, flags: number): number
  prctl(option: number, argument: number): number
  mutexAttributes: {
    init(address: number): number
    robust(address: number, value: number): number
    shared(address: number, value: number): number
  }
  mutexInit(address: number, attributes: number): number
  mutexLock(address: number): number
}

const SYSTEM_CALLS: Readonly<Partial<Record<NodeJS.Architecture, { futex: number; gettid: number }>>> = {
  x64: { futex: 202, gettid: 186 },
  arm64: { futex: 98, gettid: 178 },
  riscv64: { futex: 98, gettid: 178 },
}

/** The same on every architecture. */
const PIDFD = { open: 434, get: 438 }

/** Loads koffi. Throws what is the matter: it is not installed, not built for this machine, forbidden. */
export function loadKoffi(): typeof Koffi {
  return createRequire(import.meta.url)('koffi') as typeof Koffi
}

export function loadLibc(): Libc {
  const calls = SYSTEM_CALLS[process.arch]
  if (!calls) throw new Error(`the system calls of ${process.arch} are not known`)
  const koffi = loadKoffi()
  const library = koffi.load(null)
  const bind = (definition: string): ((...args: unknown[]) => number) => library.func(definition)
  const futex = bind(
    'long syscall(long call, intptr_t word, int operation, int value, intptr_t timeout, intptr_t unused, int mask)',
  )
  const threadId = bind('long syscall(long call)')
  const pidfd = bind('long syscall(long call, int which, int what, unsigned int flags)')
  return {
    address: view => Number(koffi.address(view)),
    view: (address, size) => undisturbed(() => koffi.view(BigInt(address), size)),
    errno: () => koffi.errno(),
    mmap: bind(
      'intptr_t mmap(intptr_t address, size_t size, int protection, int flags, int descriptor, int64_t offset)',
    ),
    memfd: bind('int memfd_create(const char *name, unsigned int flags)'),
    fcntl: bind('int fcntl(int descriptor, int command, int argument)'),
    flock: bind('int flock(int descriptor, int operation)'),
    allocate: bind('int posix_fallocate(int descriptor, int64_t offset, int64_t size)'),
    punch: bind('int fallocate(int descriptor, int mode, int64_t offset, int64_t size)'),
    pipe: bind('int pipe2(int *ends, int flags)'),
    close: bind('int close(int descriptor)'),
    write: bind('intptr_t write(int descriptor, intptr_t bytes, size_t size)'),
    futex: (address, operation, value, timeout) =>
      futex(calls.futex, address, operation, value, timeout, 0, 0),
    threadId: () => threadId(calls.gettid),
    pidfdOpen: (pid, flags) => pidfd(PIDFD.open, pid, flags, 0),
    pidfdGet: (process, descriptor, flags) => pidfd(PIDFD.get, process, descriptor, flags),
    prctl: bind('int prctl(int option, intptr_t argument)'),
    mutexAttributes: {
      init: bind('int pthread_mutexattr_init(intptr_t attributes)'),
      robust: bind('int pthread_mutexattr_setrobust(intptr_t attributes, int robust)'),
      shared: bind('int pthread_mutexattr_setpshared(intptr_t attributes, int shared)'),
    },
    mutexInit: bind('int pthread_mutex_init(intptr_t mutex, intptr_t attributes)'),
    mutexLock: bind('int pthread_mutex_lock(intptr_t mutex)'),
  }
}

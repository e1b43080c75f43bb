import { readFileSync, readlinkSync } from 'node:fs'
import { createError } from '../../base/index.ts'
import { inodeOf } from './inode.ts'
import type { Libc } from './libc.ts'
import type { Place, SocketPassing } from './platform.ts'

const F_DUPFD_CLOEXEC = 1030
const PR_SET_PTRACER = 0x59616d61
const ANY = -1
const YAMA = '/proc/sys/kernel/yama/ptrace_scope'
/** Only those that the process names may look into it. */
const RESTRICTED = '1'
const ERROR = { EPERM: 1, ESRCH: 3, EBADF: 9, EMFILE: 24, ENOSYS: 38 }

/**
 * Linux gives a process what another one has open (`pidfd_getfd`), where the one may look into the other. Sockets can't
 * be opened again by `/proc/PID/fd/N`, as files can.
 */
export class LinuxSockets implements SocketPassing {
  readonly #libc: Libc
  #home: string | undefined
  #asked = false

  constructor(libc: Libc) {
    this.#libc = libc
  }

  get home(): string {
    const bootId = '/proc/sys/kernel/random/boot_id'
    return (this.#home ??= `${readFileSync(bootId, 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`)
  }

  allow(descriptor: number): string | undefined {
    this.#admit()
    // A process may always look into itself: what fails here, fails everywhere.
    const own = this.#takeFrom(process.pid, descriptor)
    if (own < 0) return reasonOf(-own)
    this.close(own)
    return undefined
  }

  take(place: Place): number {
    const [pid, number, mark] = place
    const taken = pid === process.pid ? this.#duplicate(number) : this.#takeFrom(pid, number)
    if (taken < 0) throw createError('SOCKET_GONE', { pid, reason: reasonOf(-taken) })
    if (inodeOf(taken) === mark) return taken
    this.close(taken)
    throw createError('SOCKET_GONE', { pid, reason: 'it was closed there before it arrived' })
  }

  close(descriptor: number): void {
    this.#libc.close(descriptor)
  }

  /** Where parents are protected from their children, this one lets them look. */
  #admit(): void {
    if (this.#asked) return
    this.#asked = true
    if (yamaScope() === RESTRICTED) this.#libc.prctl(PR_SET_PTRACER, ANY)
  }

  /** A descriptor, or the error's number below zero. */
  #takeFrom(pid: number, number: number): number {
    const pidfd = this.#libc.pidfdOpen(pid, 0)
    if (pidfd < 0) return -this.#libc.errno()
    try {
      const taken = this.#libc.pidfdGet(pidfd, number, 0)
      return taken < 0 ? -this.#libc.errno() : taken
    } finally {
      this.#libc.close(pidfd)
    }
  }

  #duplicate(number: number): number {
    const taken = this.#libc.fcntl(number, F_DUPFD_CLOEXEC, 0)
    return taken < 0 ? -this.#libc.errno() : taken
  }
}

/** `undefined`: the system has no such protection. */
function yamaScope(): string | undefined {
  try {
    return readFileSync(YAMA, 'utf8').trim()
  } catch {
    return undefined
  }
}

function reasonOf(errno: number): string {
  switch (errno) {
    case ERROR.EPERM:
      return `the system forbids to take it (ptrace rules${describeYama()}, or a container's filter of system calls)`
    case ERROR.ESRCH:
      return 'that process has ended'
    case ERROR.EBADF:
      return 'it was closed there before it arrived'
    case ERROR.EMFILE:
      return 'too many files are open'
    case ERROR.ENOSYS:
      return 'the kernel is older than Linux 5.6'
    default:
      return `the system refuses (${errno})`
  }
}

function describeYama(): string {
  const scope = yamaScope()
  return scope === undefined ? '' : ` with ${YAMA} at ${scope}`
}

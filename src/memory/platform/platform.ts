/*
 * The one seam to the operating system. Everything above it is the same everywhere.
 */

/**
 * How another thread or process finds a block: the process that holds it, its handle there (a file descriptor, or
 * whatever the system has), and a number by which it is recognised. Plain data, checked by whoever opens it.
 */
export type Place = readonly [pid: number, handle: number, mark: number]

/** A block of shared memory as one thread sees it. */
export interface Block {
  readonly size: number
  readonly buffer: SharedArrayBuffer
  /** Where it begins in this process; 0 where nothing needs to know. */
  readonly address: number
  /** For copying in bulk; keeps the memory alive by itself. Never shown to users. */
  readonly bytes: Uint8Array
  /** The first of these bytes, a new view each time. */
  front(size: number): Uint8Array
  /** `undefined`: only its buffer leads to it. */
  readonly place: Place | undefined
  readonly handle: BlockHandle
  /** Gives this process's pages back; views of them read as zeros from now on. */
  wipe(): void
}

/**
 * What a process has of a block besides its memory. It does not lead there: so it can be kept for when the memory is in
 * use no more, and does not keep it in use.
 */
export interface BlockHandle {
  readonly place: Place | undefined
  /** Gives it back. The memory stays while its buffer is in use. */
  release(): void
}

/** The words of one seat, as the platform needs them. */
export interface SeatWords {
  readonly words: Int32Array
  /** Index of the seat's first word. */
  readonly at: number
}

/** This thread's ear. */
export interface Bell {
  /** Whether it keeps the program alive. */
  ref(): void
  unref(): void
}

/** Memory that is found by its name. */
export interface NamedMemory {
  /** Throws `MEMORY_NAME_EXISTS`, `MEMORY_FULL`. */
  create(name: string, size: number): Block
  /** Throws `MEMORY_NAME_UNKNOWN`. */
  open(name: string): Block
  /** Throws `MEMORY_NAME_UNKNOWN`. */
  unlink(name: string): void
  /** This thread uses the block too. */
  hold(block: Block): void
  /** And does not any more. */
  drop(handle: BlockHandle): void
  /** This thread ends, or the `whole` process with all its threads: it uses none any more. */
  leave(whole?: boolean): void
  /** How large the memory is by now, whoever changed it. */
  sizeNow(block: Block): number
  /** Removes the names that nobody uses, of these or of all, and answers which. */
  sweep(only?: ReadonlySet<string>): string[]
}

/** Open sockets of one process that others can take too. */
export interface SocketPassing {
  /** The machine and the space of pids in which a place means anything. */
  readonly home: string
  /** Lets other processes of this user take descriptors of this one. Answers why they can't. */
  allow(descriptor: number): string | undefined
  /** A descriptor of this process for the socket at this place. Throws `SOCKET_GONE`. */
  take(place: Place): number
  /** Closes one that `take` gave, while nobody else has it. */
  close(descriptor: number): void
}

export interface Platform {
  readonly name: string
  /** Not there: sockets can't be passed on. */
  readonly sockets?: SocketPassing
  /** `undefined`: there is no such thing here. */
  readonly names: NamedMemory | undefined
  /** Why other processes can't be reached; `undefined` where they can. */
  readonly confined: string | undefined
  /** A new block of zeros, the first bytes of which are committed. Throws `MEMORY_FULL`. */
  create(size: number, committed: number): Block
  /** A new block that can hold far more than it needs at first: pages are taken by `commit`. */
  createSparse(size: number): Block
  /** Makes sure that the pages of a sparse block are there. Throws `MEMORY_FULL`. */
  commit(block: Block, from: number, size: number): void
  /** Takes pages back from a block until they are committed again. May do nothing. */
  discard(block: Block, from: number, size: number): void
  /** Somebody else's block. Throws `MEMORY_GONE`. `buffer`: the same memory, where it came along. */
  open(place: Place, size: number, buffer?: SharedArrayBuffer): Block
  /** Blocks this thread for up to `ms` milliseconds while the word at this byte holds `expected`. */
  sleep(block: Block, byte: number, expected: number, ms: number): void
  wake(block: Block, byte: number, count: number): void
  /** Runs `body` while no other thread of any process is in `exclusively` for this block. */
  exclusively<T>(block: Block, body: () => T): T
  /** Lets the seat live until this thread ends. `region`: the bytes of the block that hold all seats. */
  takeLife(block: Block, region: readonly [from: number, size: number], seat: SeatWords): void
  /** Does the thread that took this seat's life still run? */
  lives(seat: SeatWords): boolean
  /** Lets others ring at this seat; `heard` is called after each ring, however many were merged. */
  openBell(seat: SeatWords, heard: () => void): Bell
  /** Makes the loop behind this seat call `heard`. Nothing, if there is none. */
  ring(seat: SeatWords): void
}

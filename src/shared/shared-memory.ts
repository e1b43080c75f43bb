import { checkKnown, createError, describe } from '../base/index.ts'
import {
  checkNamed,
  createNamed,
  holdNamed,
  openNamed,
  registerHandle,
  type Segment,
  unlinkNamed,
} from '../memory/index.ts'

/** What `new SharedMemory` takes. */
export interface SharedMemoryOptions {
  /** Up to 255 bytes, no `/`. Default, with `create`: a name of its own. */
  readonly name?: string | undefined
  /** Make it, instead of attaching to what is there. Default `false`. */
  readonly create?: boolean | undefined
  /** Bytes, at least 1. Needed with `create`, and of no meaning without. */
  readonly size?: number | undefined
}

/** Given by the room itself for memory that has arrived from elsewhere. */
class Arrived {
  readonly segment: Segment
  readonly name: string

  constructor(segment: Segment, name: string) {
    this.segment = segment
    this.name = name
  }
}

const PREFIX = 'mcm_'
const LONGEST = 255
const OPTIONS = ['name', 'create', 'size'] satisfies (keyof SharedMemoryOptions)[]

/**
 * A block of memory with a name, which any program of the same user can attach to, Python's `SharedMemory` too, both
 * ways. It can also be passed to threads and processes as it is. The memory stays until the last user has closed it;
 * the name stays until `unlink()`, or until its last user ends; after `kill -9` until the next program uses names.
 *
 * Nothing orders the accesses of several users: hold a `Lock` where that matters. What attaches by a name trusts
 * whoever made it: a program that cuts the file while another reads it ends that other (`close()` it before).
 *
 * Python: `multiprocessing.shared_memory.SharedMemory`; beyond it, no resource tracker removes what others still use.
 *
 * Errors: `WRONG_OPTION`, `UNKNOWN_OPTION`, `MEMORY_NAME_EXISTS`, `MEMORY_NAME_UNKNOWN`, `MEMORY_REFUSED`, `MEMORY_FULL`,
 * `MEMORY_CONFINED` (no native code, or not on this platform).
 *
 * @example
 * const memory = new SharedMemory({ create: true, size: 10 })
 * memory.buf[0] = 42
 * const again = new SharedMemory({ name: memory.name })
 * console.log(again.buf[0])
 * again.close()
 * memory.close()
 * memory.unlink()
 */
export class SharedMemory {
  readonly #name: string
  readonly #segment: Segment
  #buf: Buffer | undefined

  constructor(options: SharedMemoryOptions) {
    if ((options as unknown) instanceof Arrived) {
      const { segment, name } = options as unknown as Arrived
      this.#segment = segment
      this.#name = name
      holdNamed(segment, name)
      return
    }
    checkOptions(options)
    const { name, create = false, size } = options
    if (!create) {
      this.#name = name as string
      this.#segment = openNamed(this.#name)
    } else if (name !== undefined) {
      this.#name = name
      this.#segment = createNamed(name, size as number)
    } else {
      ;[this.#name, this.#segment] = createNameless(size as number)
    }
  }

  /** By which others attach to it. */
  get name(): string {
    return this.#name
  }

  /** Bytes. */
  get size(): number {
    return this.#segment.size
  }

  /**
   * The memory itself. After `close()`: throws `MEMORY_CLOSED`; what was taken before reads as zeros, unless other
   * threads of this process have the memory too.
   */
  get buf(): Buffer {
    return this.#open('buf')
  }

  /** Lets go of the memory here. Others keep it, and so does the name. Once is enough. */
  close(): void {
    if (!this.#buf) this.#take()
    this.#buf = CLOSED
    this.#segment.close()
  }

  /**
   * Removes the name, so that nobody can attach any more; those who have the memory keep it.
   * Throws `MEMORY_NAME_UNKNOWN` when it is gone already.
   */
  unlink(): void {
    unlinkNamed(this.#name)
  }

  /** `close()`. */
  [Symbol.dispose](): void {
    this.close()
  }

  /** `SharedMemory('mcm_1a2b3c4d', size=10)`. */
  toString(): string {
    return `SharedMemory('${this.#name}', size=${this.size})`
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #open(call: string): Buffer {
    const buf = this.#buf ?? this.#take()
    if (buf === CLOSED)
      throw createError('MEMORY_CLOSED', { what: String(this), result: `${call} has nothing to act on` })
    return buf
  }

  #take(): Buffer {
    // With its length given: a view without would follow the buffer's, and be many times slower.
    this.#buf = Buffer.from(this.#segment.buffer as unknown as ArrayBuffer, 0, this.size)
    return this.#buf
  }

  /** @internal */
  static isClosed(memory: SharedMemory): boolean {
    return memory.#buf === CLOSED
  }

  /** @internal The buffer, if the memory is still there: somebody may have cut it. */
  static checked(memory: SharedMemory, call: string): Buffer {
    const buf = memory.#open(call)
    checkNamed(memory.#segment, memory.#name)
    return buf
  }

  static {
    registerHandle<SharedMemory>({
      name: 'shared-memory',
      from: import.meta.url,
      classes: [SharedMemory],
      parts: memory => [memory.#segment],
      data: memory => memory.#name,
      isOver: memory => memory.#buf === CLOSED,
      make: ([segment], name) =>
        new SharedMemory(new Arrived(segment as Segment, String(name)) as unknown as SharedMemoryOptions),
    })
  }
}

const CLOSED = Buffer.alloc(0)

function createNameless(size: number): [string, Segment] {
  for (;;) {
    const name =
      PREFIX +
      Math.floor(Math.random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0')
    try {
      return [name, createNamed(name, size)]
    } catch (error) {
      if ((error as { code?: string }).code !== 'MEMORY_NAME_EXISTS') throw error
    }
  }
}

function checkOptions(options: SharedMemoryOptions): void {
  checkKnown('SharedMemory', options, OPTIONS, '{ create: true, size: 1024 }')
  const { name, create, size } = options
  if (create !== undefined && typeof create !== 'boolean') throw wrong('create', create, 'true or false')
  if (name === undefined ? !create : !isName(name)) {
    throw wrong('name', name, `a string of 1 to ${LONGEST} bytes without / and NUL`)
  }
  if (create && !(Number.isSafeInteger(size) && (size as number) > 0)) {
    throw wrong('size', size, 'a whole number of bytes above zero')
  }
}

function isName(name: unknown): boolean {
  if (typeof name !== 'string' || name === '' || name === '.' || name === '..') return false
  return !/[/\0]/.test(name) && Buffer.byteLength(name) <= LONGEST
}

function wrong(option: string, got: unknown, expected: string): Error {
  return createError('WRONG_OPTION', { where: 'SharedMemory', option, got: describe(got), expected })
}

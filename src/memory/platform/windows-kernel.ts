import { undisturbed } from '../undisturbed.ts'
import { loadKoffi } from './libc.ts'

/*
 * The functions of Windows that are needed. UNTESTED: written from Microsoft's documentation. Handles are numbers.
 */

export interface Kernel {
  /** `undefined`: it exists already. */
  createMapping(name: string, size: number): number | undefined
  openMapping(name: string): number
  /** Gives the address. */
  map(handle: number): number
  /** Bytes from this address on that were mapped together: whole pages. */
  regionSize(address: number): number
  view(address: number, size: number): ArrayBuffer
  /** `owned`: a new one is this thread's at once. */
  createMutex(name: string, owned: boolean): number
  openMutex(name: string): number
  releaseMutex(handle: number): void
  /** Made, or opened if it is there. */
  semaphore(name: string, most: number): number
  /** Adds to it; nothing if that is more than it takes. */
  release(handle: number, count: number): void
  /** One of the constants below. */
  wait(handle: number, ms: number): number
  close(handle: number): void
}

export const WAIT = { object: 0, abandoned: 0x80, timeout: 0x102 } as const

const INVALID = -1
const PAGE_READWRITE = 4
const MAP_ALL_ACCESS = 0xf001f
const SYNCHRONIZE = 0x100000
const MUTEX_MODIFY = 1
/** `MEMORY_BASIC_INFORMATION` on 64 bits, and where in it the size is. */
const REGION_BYTES = 48
const REGION_SIZE = 24

export function loadKernel(): Kernel {
  const koffi = loadKoffi()
  const library = koffi.load('kernel32.dll')
  const bind = (definition: string): ((...args: unknown[]) => number) => library.func(definition)
  const createMapping = bind(
    'intptr_t __stdcall CreateFileMappingW(intptr_t file, intptr_t security, uint32_t protection, uint32_t high, uint32_t low, const char16_t *name)',
  )
  const openMapping = bind(
    'intptr_t __stdcall OpenFileMappingW(uint32_t access, int inherit, const char16_t *name)',
  )
  const map = bind(
    'intptr_t __stdcall MapViewOfFile(intptr_t mapping, uint32_t access, uint32_t high, uint32_t low, size_t size)',
  )
  const createMutex = bind(
    'intptr_t __stdcall CreateMutexW(intptr_t security, int owned, const char16_t *name)',
  )
  const openMutex = bind('intptr_t __stdcall OpenMutexW(uint32_t access, int inherit, const char16_t *name)')
  const semaphore = bind(
    'intptr_t __stdcall CreateSemaphoreW(intptr_t security, int32_t first, int32_t most, const char16_t *name)',
  )
  const release = bind('int __stdcall ReleaseSemaphore(intptr_t semaphore, int32_t count, intptr_t before)')
  const query = bind('size_t __stdcall VirtualQuery(intptr_t address, _Out_ uint8_t *region, size_t size)')
  const close = bind('int __stdcall CloseHandle(intptr_t handle)')
  return {
    createMapping(name, size) {
      // Not by the last error, which Node may change in between.
      const there = openMapping(MAP_ALL_ACCESS, 0, name)
      if (there !== 0) {
        close(there)
        return undefined
      }
      return createMapping(INVALID, 0, PAGE_READWRITE, Math.floor(size / 2 ** 32), size >>> 0, name)
    },
    openMapping: name => openMapping(MAP_ALL_ACCESS, 0, name),
    map: handle => map(handle, MAP_ALL_ACCESS, 0, 0, 0),
    regionSize(address) {
      const region = Buffer.alloc(REGION_BYTES)
      return query(address, region, REGION_BYTES) > 0 ? Number(region.readBigUInt64LE(REGION_SIZE)) : 0
    },
    view: (address, size) => undisturbed(() => koffi.view(BigInt(address), size)),
    createMutex: (name, owned) => createMutex(0, Number(owned), name),
    openMutex: name => openMutex(SYNCHRONIZE | MUTEX_MODIFY, 0, name),
    releaseMutex: bind('int __stdcall ReleaseMutex(intptr_t mutex)'),
    semaphore: (name, most) => semaphore(0, 0, most, name),
    release: (handle, count) => void release(handle, count, 0),
    wait: bind('uint32_t __stdcall WaitForSingleObject(intptr_t handle, uint32_t ms)'),
    close: handle => void close(handle),
  }
}

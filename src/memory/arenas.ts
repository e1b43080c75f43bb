import { createError } from '../base/index.ts'
import { Arena, type ArenaCell, newHeader } from './arena.ts'
import { TREE_BLOCKS } from './arena-file.ts'
import { bytesFor, HEADER_BYTES } from './arena-layout.ts'
import { type Origin, originOf } from './broker/origin.ts'
import { RemoteArena } from './broker/remote-arena.ts'
import type { Cell, CellSize } from './cell.ts'
import { fstatSync } from 'node:fs'
import type { Home } from './home.ts'
import { platform } from './platform/pick.ts'
import type { Place } from './platform/platform.ts'
import { knownTreeFile, treeFile } from './tree-file.ts'

/*
 * The arenas that this thread knows: the tree's, further ones when that is full, and those of strangers.
 */

const SMALL_BLOCKS = 16

const known = new Map<string, Arena | RemoteArena>()
/** Those that cells are taken from, the latest last. */
const own: Arena[] = []
/** The one that had room last. */
let roomy: Arena | undefined

/** How another thread or process finds an arena. */
export type ArenaReference = readonly [
  id: string,
  place: Place | null,
  size: number,
  buffer: SharedArrayBuffer | null,
  origin: Origin | null,
]

/** A new cell of 16, 32 or 64 words. Given back when nobody holds it any more. Throws `MEMORY_FULL`. */
export function allocateCell(size: CellSize = 16): Cell {
  return allocateArenaCell(size)
}

export function allocateArenaCell(size: CellSize): ArenaCell {
  if (own.length === 0) own.push(firstArena())
  // Nothing is swept, and no memory taken, while any of them has room.
  const cell = roomy?.allocateFree(size) ?? allocateFrom(arena => arena.allocateFree(size))
  return cell ?? allocateFrom(arena => arena.allocate(size)) ?? allocateInFurther(size)
}

function allocateFrom(allocate: (arena: Arena) => ArenaCell | undefined): ArenaCell | undefined {
  for (const arena of own.toReversed()) {
    const cell = allocate(arena)
    if (!cell) continue
    roomy = arena
    return cell
  }
  return undefined
}

function allocateInFurther(size: CellSize): ArenaCell {
  const further = newArena()
  own.push(further)
  const cell = further.allocate(size)
  if (!cell) throw createError('INTERNAL', { what: 'a new arena is full' })
  roomy = further
  return cell
}

/** `share`: the other side can be given a buffer. */
export function referTo(home: Home, share: boolean): ArenaReference {
  if (home instanceof RemoteArena) return [home.id, null, 0, null, home.origin]
  const arena = home as Arena
  const { place, buffer, size } = arena.block
  const isAlone = place === undefined
  const origin = isAlone && !share ? originOf(buffer, undefined) : null
  return [arena.id, place ?? null, size, share && isAlone ? buffer : null, origin]
}

/** Throws `MEMORY_GONE`, and `MEMORY_CONFINED` where memory of other processes can't be had. */
export function arenaOf([id, place, size, buffer, origin]: ArenaReference): Home {
  if (origin) return remoteArena(id, origin)
  if (knownTreeFile() !== undefined && own.length === 0) own.push(firstArena())
  const found = known.get(id)
  if (found) return found
  const block = platform().open(place ?? [0, 0, 0], size, buffer ?? undefined)
  const arena = new Arena(platform(), block)
  known.set(arena.id, arena)
  if (arena.id !== id)
    throw createError('MEMORY_GONE', { what: 'an arena', reason: 'another one is there now' })
  return arena
}

function remoteArena(id: string, origin: Origin): Home {
  const found = known.get(id)
  // Its broker has ended, but there is another one now.
  if (found && !(found instanceof RemoteArena && found.isGone)) return found
  const arena = new RemoteArena(id, origin)
  known.set(id, arena)
  return arena
}

/** For platforms that can't see by themselves that a thread has ended. */
export function threadEnded(thread: number): void {
  for (const arena of known.values()) {
    if (arena instanceof Arena && arena.block.place === undefined) arena.seats.threadEnded(thread)
  }
}

function firstArena(): Arena {
  const file = platform().confined === undefined ? treeFile() : undefined
  if (file === undefined) return newArena()
  const place: Place = [process.pid, file, fstatSync(file).ino]
  return remember(new Arena(platform(), platform().open(place, bytesFor(TREE_BLOCKS))))
}

function newArena(): Arena {
  const blocks = platform().confined === undefined ? TREE_BLOCKS : SMALL_BLOCKS
  const block = platform().createSparse(bytesFor(blocks))
  try {
    platform().commit(block, 0, HEADER_BYTES)
    new Int32Array(block.buffer).set(newHeader())
    return remember(new Arena(platform(), block))
  } catch (error) {
    block.handle.release()
    throw error
  }
}

function remember(arena: Arena): Arena {
  known.set(arena.id, arena)
  return arena
}

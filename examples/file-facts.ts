/*
 * The function behind `npm start`: what is in a file, in three figures.
 *
 *     manycore map dist/examples/file-facts.js#describeFile some/folder
 *
 * It knows nothing of workers. `manycore map` runs it over every file on every core.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createGzip, gzipSync } from 'node:zlib'

export interface FileFacts {
  /** In bytes. */
  readonly size: number
  /** In bytes, after gzip at its default level. */
  readonly gzipSize: number
  readonly sha256: string
}

/** A file up to this size is read at once, which is faster; above, piece by piece, so that any file fits. */
const AT_ONCE = 32 * 1024 * 1024

export async function describeFile(path: string): Promise<FileFacts> {
  const { size } = await stat(path)
  return size <= AT_ONCE ? describeBytes(await readFile(path)) : describeInPieces(path)
}

function describeBytes(bytes: Buffer): FileFacts {
  return {
    size: bytes.length,
    gzipSize: gzipSync(bytes).length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
}

async function describeInPieces(path: string): Promise<FileFacts> {
  const hash = createHash('sha256')
  let size = 0
  let gzipSize = 0
  const pieces = createReadStream(path)
  pieces.on('data', piece => {
    hash.update(piece)
    size += piece.length
  })
  for await (const packed of pieces.pipe(createGzip())) gzipSize += (packed as Buffer).length
  return { size, gzipSize, sha256: hash.digest('hex') }
}

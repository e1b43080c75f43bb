const NEW_LINE = 10

/** From now on each line that this worker prints has its name in front: `[PoolWorker-2] hello`. */
export function labelOutput(name: string): void {
  for (const stream of [process.stdout, process.stderr]) label(stream, Buffer.from(`[${name}] `))
}

type Write = (bytes: Uint8Array, ...rest: unknown[]) => boolean

function label(stream: NodeJS.WriteStream, prefix: Buffer): void {
  const write = stream.write.bind(stream) as Write
  let atLineStart = true
  // Bytes in, bytes out: what is no text stays what it is.
  stream.write = ((given: string | Uint8Array, encoding?: unknown, ...rest: unknown[]) => {
    const isText = typeof given === 'string'
    const bytes = isText ? Buffer.from(given, encodingOf(encoding)) : given
    const pieces: Uint8Array[] = []
    for (let at = 0; at < bytes.length; ) {
      if (atLineStart) pieces.push(prefix)
      const end = bytes.indexOf(NEW_LINE, at)
      atLineStart = end >= 0
      const next = atLineStart ? end + 1 : bytes.length
      pieces.push(bytes.subarray(at, next))
      at = next
    }
    const callback = typeof encoding === 'function' ? encoding : rest[0]
    return callback ? write(Buffer.concat(pieces), callback) : write(Buffer.concat(pieces))
  }) as typeof stream.write
}

function encodingOf(given: unknown): BufferEncoding {
  return typeof given === 'string' ? (given as BufferEncoding) : 'utf8'
}

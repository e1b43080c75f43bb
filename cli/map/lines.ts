import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'

/**
 * The lines of a file, or of stdin for `-`, as they come: without their line ends, empty ones too.
 * What stands after the last line end is a line unless it is empty.
 */
export async function* readLines(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const stream: Readable = addAbortSignal(signal, file === '-' ? process.stdin : createReadStream(file))
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of stream) {
      const text = decoder.decode(chunk as Buffer, { stream: true })
      // A line may be longer than many chunks: look for its end in the new piece only.
      if (!text.includes('\n')) {
        rest += text
        continue
      }
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
    }
  } catch (error) {
    if (signal.aborted) return
    throw error
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}

import { createReadStream, open } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { addAbortSignal, type Readable } from 'node:stream'
import { promisify } from 'node:util'

/**
 * The lines of a file, or of stdin for `-`, as they come: without their line ends, empty ones too.
 * What stands after the last line end is a line unless it is empty.
 */
export async function* readLines(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const stream = addAbortSignal(signal, file === '-' ? process.stdin : await openFile(file))
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

/**
 * A pipe with a name (`mkfifo`, or `<(…)` in a shell) is read as a socket is: an ordinary file read would occupy a
 * thread until somebody writes, and the command could not even exit before that.
 */
async function openFile(file: string): Promise<Readable> {
  if (!(await stat(file)).isFIFO()) return createReadStream(file)
  return new Socket({ fd: await promisify(open)(file, 'r'), readable: true, writable: false })
}

/*
 * Processes and tasks that wait, together: an index page is fetched, its links are found, and four processes download
 * them, five at a time each.
 *
 *     the count of rpm list is: 60
 *     60 files, 6000 bytes
 *     in 4 processes, never more than 20 at a time: true
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ProcessPoolExecutor } from 'manycore'

// A mirror to download from, so that the example needs no network. It counts who is being served.
let [serving, most] = [0, 0]
const names = Array.from({ length: 60 }, (_, i) => `package-${String(i).padStart(2, '0')}.rpm`)
const server = createServer(async (request, response) => {
  if (request.url === '/') return response.end(names.map(name => `<a href="${name}">${name}</a>`).join('\n'))
  most = Math.max(most, ++serving)
  await sleep(30)
  serving--
  return response.end(`this is ${request.url}`.padEnd(100))
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

async function getRpmUrls(url: string): Promise<string[]> {
  const page = await (await fetch(url)).text()
  return [...page.matchAll(/(?<=<a href=")(.*?)(?=">)/g)].map(([name]) => url + name)
}

const urls = await getRpmUrls(mirror)
console.log('the count of rpm list is:', urls.length)

const folder = await mkdtemp(join(tmpdir(), 'downloader-'))
const download = async (url: string): Promise<[pid: number, bytes: number]> => {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
  await writeFile(join(folder, basename(url)), bytes)
  return [process.pid, bytes.length]
}

const executor = new ProcessPoolExecutor({ maxWorkers: 4, concurrency: 5 })
const done = await executor.map(download, urls, { timeout: 60_000, chunksize: 1 }).toArray()
await executor.shutdown()
server.close()

console.log(`${done.length} files, ${done.reduce((sum, [, bytes]) => sum + bytes, 0)} bytes`)
const processes = new Set(done.map(([pid]) => pid)).size
console.log(`in ${processes} processes, never more than 20 at a time: ${most <= 20}`)
await rm(folder, { recursive: true })

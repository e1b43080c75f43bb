/*
 * Threads for waiting, processes for computing; an executor's `map` keeps the order of its input either way.
 *
 *     /page/1: 16 letters
 *     /page/2: 16 letters
 *     /page/3: 16 letters
 *     112272535095293 is prime: true
 *     …
 *     hello bob
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Process, ProcessPoolExecutor, ThreadPoolExecutor } from 'manycore'

const PRIMES = [
  112272535095293, 112582705942171, 112272535095293, 115280095190773, 115797848077099, 1099726899285419,
]

// A web server to download from, so that the example needs no network.
const server = createServer((request, response) => response.end(`This is ${request.url}.`))
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

async function download(link: string): Promise<string> {
  const response = await fetch(site + link)
  return `${link}: ${(await response.text()).length} letters`
}

function isPrime(n: number): boolean {
  if (n < 2) return false
  if (n === 2) return true
  if (n % 2 === 0) return false
  const end = Math.floor(Math.sqrt(n))
  for (let i = 3; i <= end; i += 2) if (n % i === 0) return false
  return true
}

{
  await using executor = new ThreadPoolExecutor()
  const links = ['/page/1', '/page/2', '/page/3']
  for await (const line of executor.map(download, links, { timeout: 30_000 })) console.log(line)
}
server.close()

{
  await using executor = new ProcessPoolExecutor()
  const answers = await executor.map(isPrime, PRIMES).toArray()
  for (const [i, prime] of PRIMES.entries()) console.log(`${prime} is prime: ${answers[i]}`)
}

await new Process({ target: (name: string) => console.log('hello', name), args: ['bob'] }).start().join()

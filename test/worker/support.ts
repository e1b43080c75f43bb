import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ManycoreError } from 'manycore'

export const LIMIT = { timeout: 60_000 }

/** For `assert.rejects` and `assert.throws`: an error of the table with this code. */
export function code(expected: string): (error: unknown) => boolean {
  return error => {
    if (ManycoreError.is(error) && error.code === expected) return true
    throw error
  }
}

/** A target that never ends by itself and does not keep its thread busy. */
export function waitForEver(): Promise<never> {
  return new Promise(() => setInterval(() => {}, 1000))
}

/** What is in a file, once somebody has written something into it. */
export async function written(path: string): Promise<string> {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    if (text !== '') return text
    await sleep(5)
  }
}

/**
 * Runs `body` and gives what this process wrote to stderr meanwhile, and until it `says` this. It is not shown.
 * `body` is given what waits until something of it was written.
 */
export async function stderrOf(
  body: (said: (what: RegExp) => Promise<void>) => Promise<unknown>,
  says = /(?:)/,
): Promise<string> {
  const { write } = process.stderr
  let text = ''
  process.stderr.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    text += Buffer.from(chunk as Uint8Array).toString()
    const done = rest.find(argument => typeof argument === 'function') as (() => void) | undefined
    done?.()
    return true
  }
  const said = async (what: RegExp): Promise<void> => {
    const late = performance.now() + 5000
    while (!what.test(text) && performance.now() < late) await sleep(2)
  }
  try {
    await body(said)
    await said(says)
  } finally {
    process.stderr.write = write
  }
  return text
}

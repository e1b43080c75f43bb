/**
 * Waits for `promise` at most `ms` milliseconds, then rejects and says what was not there.
 * @example await deadline(worker.join(), 2000, 'the worker')
 */
export async function deadline<T>(promise: PromiseLike<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} was not there within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

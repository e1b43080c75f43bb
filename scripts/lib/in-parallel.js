// @ts-check
/**
 * Runs `work` over the items, `width` at a time, and hands each result to `each` in the order of the items.
 * @template T, R
 * @param {readonly T[]} items
 * @param {number} width
 * @param {(item: T) => Promise<R>} work
 * @param {(result: R) => void} [each]
 * @returns {Promise<R[]>}
 */
export async function inParallel(items, width, work, each = () => {}) {
  /** @type {R[]} */
  const results = []
  let next = 0
  let shown = 0
  const lane = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(/** @type {T} */ (items[index]))
      while (shown in results) each(/** @type {R} */ (results[shown++]))
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane))
  return results
}

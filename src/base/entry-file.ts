/** How the files end that workers run, where the library is in scripts; `scripts/bundle.js` says it. */
declare const ENTRY_ENDING: string | undefined

/**
 * The file of this name beside the module at `url`, for a worker to run. The module may be running from its TypeScript
 * source, built, or within one of the library's scripts.
 */
export function entryFile(name: string, url: string): URL {
  const [own = '.js'] = /\.\w+$/.exec(url) ?? []
  return new URL(`./${name}${typeof ENTRY_ENDING === 'string' ? ENTRY_ENDING : own}`, url)
}

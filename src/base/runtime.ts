/** Not one of those that run Node's programs in their own way. */
export const isNode: boolean = process.versions['bun'] === undefined && process.versions['deno'] === undefined

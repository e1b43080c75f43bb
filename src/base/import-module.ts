/** `import()` as a function. */
export type Importer = (specifier: string, options?: ImportCallOptions) => Promise<unknown>

/** Where the library is one script, its loader gives it this: a script has no `import()` of its own on every Node. */
declare const importByLoader: Importer | undefined

/** Imports a module of the user's, or one of ours, by its address. */
export const importModule: Importer =
  typeof importByLoader === 'function'
    ? importByLoader
    : (specifier, options) => (options ? import(specifier, options) : import(specifier))

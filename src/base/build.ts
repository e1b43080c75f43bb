/** Where the library is scripts, their loader gives them this: it stands for their contents. */
declare const libraryBuild: string | undefined

/**
 * Which build of the library this is: a program and its workers have to be of one, for what they tell each other has no
 * version of its own. Empty where the library is separate files, or built into the user's.
 */
export const BUILD: string = typeof libraryBuild === 'string' ? libraryBuild : ''

/** Where the library is one module to be built into a program, `scripts/bundle.js` says it. */
declare const libraryInBundle: true | undefined

/** Is the library part of the user's own file? Then what its workers would run lies nowhere. */
export const IN_BUNDLE: boolean = typeof libraryInBundle === 'boolean'

/** Where the library is scripts, their loader gives them this: it stands for their contents. */
declare const libraryBuild: string | undefined

/**
 * Which build of the library this is: a program and its workers have to be of one, for what they tell each other has no
 * version of its own. Empty where the library is separate files, or built into the user's.
 */
export const BUILD: string = typeof libraryBuild === 'string' ? libraryBuild : ''

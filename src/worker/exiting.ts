/*
 * Is the program on its way out? Exit handlers run in order, so ours has to be the first: it is there from the moment
 * this module is loaded.
 */
let exiting = false
process.prependListener('exit', () => {
  exiting = true
})

/** In an exit handler nothing that takes time can happen any more. */
export function isExiting(): boolean {
  return exiting
}

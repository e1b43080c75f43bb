/*
 * A single-executable application has no file that a child process could load: starting the executable again runs
 * the main program again. So the child is told by its environment what it is, and `freezeSupport()`, called first
 * thing by the main program, turns it into a worker.
 */
export function freezeSupport(): void {}

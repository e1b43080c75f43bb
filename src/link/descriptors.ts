/*
 * The road to a child process.
 *
 *   program                                        child
 *   fd 3  messages, framed             ◄────────►  main thread
 *   fd 4  lifeline: its end            ────────►   watcher thread; only where there is no watchdog
 *   fd 5  marks file                   ◄───────►   what was begun, also after its death; what is taken back
 *   fd 6  the tree's arena             ◄───────►   whoever shares memory
 *   fd 7  the library, compiled        ────────►   its loader, which closes it
 *   fd 8  depot: large blocks there    ────────►
 *   fd 9  depot: large blocks back     ◄────────
 */

/** Where a child finds its ends. */
export const MESSAGES_FD = 3
export const LIFELINE_FD = 4
export const MARKS_FD = 5
export const TREE_FD = 6
export const DEPOT_FD = 8
export const DEPOT_BACK_FD = 9
/** The child's place in the marks file travels beside the entry's path. Behind it, what else is there. */
export const SLOT_ARGUMENT = '--manycore-slot='
export const WITH_DEPOTS = '+depots'
export const WITH_LIFELINE = '+lifeline'
/** Last, for it is a path that follows: the folder that it enters. */
export const ENTERS = '+enters:'

#!/usr/bin/env node
import { run } from './command.ts'

/*
 * The `manycore` command.
 *
 *     command line ─► command.ts ─► map/      inputs ─► pool ─► results on stdout; progress, summary on stderr
 *                                ├► explain.ts   how a function travels
 *                                └► info.ts      what was found here
 *
 * - A customer of the library: it imports nothing of it but 'manycore'.
 * - Results go to stdout, everything else to stderr.
 * - Ends with exit: a module that was loaded to find a function may hold timers or sockets open.
 */
process.exit(await run(process.argv.slice(2)))

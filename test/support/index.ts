/**
 * support: what the tests of every room share.
 *
 *    eachKind      the same test bodies on threads and on processes
 *    runProgram    a real program in a process of its own; its whole tree ends at a deadline
 *    deadline      a promise that must settle in time, and says what it was if it doesn't
 *    leaks         what this process has started and not ended: children and threads
 *    tempDir       a folder that goes away with the test's process
 *    steps/        every order in which threads can work on shared words (a folder of its own: `steps/index.ts`)
 *    noNativeCode  why memory can't be mapped on this machine
 *    rounds        how much of what could be tried for hours
 *    findTool      a program of the machine that only some tests need (python3, redis-server)
 */
export { deadline } from './deadline.ts'
export { eachKind, type Kind } from './kinds.ts'
export { leaks, nothingLeft } from './leaks.ts'
export { descendants, endProcesses, gone, isAlive, processesOf } from './processes.ts'
export { type Program, type ProgramOptions, type ProgramResult, runProgram, startProgram } from './program.ts'
export { everyFew, rounds, thorough } from './rounds.ts'
export { type TempDir, tempDir } from './temp-dir.ts'
export { findTool, noNativeCode } from './tools.ts'

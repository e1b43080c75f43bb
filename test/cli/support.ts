import { fileURLToPath } from 'node:url'
import {
  type Program,
  type ProgramOptions,
  type ProgramResult,
  runProgram,
  startProgram,
} from '../support/index.ts'

const COMMAND = fileURLToPath(new URL('../../cli/main.js', import.meta.url))

/** Runs the real command to its end. */
export function manycore(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  return runProgram(COMMAND, { args, ...options })
}

/** Starts the real command. */
export function startManycore(args: readonly string[], options: ProgramOptions = {}): Program {
  return startProgram(COMMAND, { args, ...options })
}

/** The command line of the real command, for a shell. */
export function shellCommand(args: readonly string[]): string {
  return [process.execPath, COMMAND, ...args].map(word => `'${word}'`).join(' ')
}

/** The lines of an output, without the empty one after the last line end. */
export function lines(text: string): string[] {
  return text.split('\n').slice(0, -1)
}

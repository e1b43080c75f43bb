import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram, tempDir } from '../support/index.ts'

/** What a command line gave. */
export interface Given {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const COMMAND = new URL('../../cli/command.js', import.meta.url).href

/** Does what `main.js` does for several command lines, one after the other; what is printed goes into the answer. */
const PROGRAM = `
import { readFileSync, writeFileSync } from 'node:fs'
import { run } from '${COMMAND}'

const [, , asked, given] = process.argv
const stdout = Object.getOwnPropertyDescriptor(process, 'stdout')
const answers = []
let answer
for (const name of ['stdout', 'stderr'])
  process[name].write = text => {
    answer[name] += text
    return true
  }
for (const args of JSON.parse(readFileSync(asked, 'utf8'))) {
  Object.defineProperty(process, 'stdout', stdout) // A run of map puts another in its place.
  answer = { stdout: '', stderr: '' }
  answer.code = await run(args)
  answers.push(answer)
}
writeFileSync(given, JSON.stringify(answers))
process.exit()
`

/**
 * Gives the command several command lines in one program, which takes a tenth of the time of as many programs. Not for
 * those that run something, nor for modules that end or hold up the command.
 */
export async function severalCommands(commandLines: readonly (readonly string[])[]): Promise<Given[]> {
  const folder = tempDir()
  const asked = folder.write('asked.json', JSON.stringify(commandLines))
  const given = join(folder.path, 'given.json')
  const { code, stdout, stderr } = await runProgram(PROGRAM, { args: [asked, given] })
  // All that is printed is in the answers, but for what goes past the streams: results, and the end of the program.
  if (code !== 0 || stdout !== '' || stderr !== '') throw new Error(`ended with ${code}: ${stdout}${stderr}`)
  return JSON.parse(readFileSync(given, 'utf8')) as Given[]
}

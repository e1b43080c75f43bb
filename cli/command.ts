import { Command, CommanderError } from 'commander'
import { printExplanation } from './explain.ts'
import { printInfo } from './info.ts'
import { map } from './map/map.ts'
import { type MapOptions, countOrAuto, mapRequest, wholeNumber } from './map/request.ts'
import { version } from './version.ts'
import { WRONG_USAGE, WrongUsage } from './wrong-usage.ts'

/** Runs the command with its arguments (without `node` and the script) and gives its exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  // commander joins what stands after `--` to the other arguments; `map` must tell them apart.
  const dashes = argv.indexOf('--')
  const before = dashes < 0 ? argv : argv.slice(0, dashes)
  const literals = dashes < 0 ? [] : argv.slice(dashes + 1)
  let exitCode = 0
  const program = makeProgram(literals, code => {
    exitCode = code
  })
  try {
    await program.parseAsync(before, { from: 'user' })
    return exitCode
  } catch (error) {
    // commander has printed what there is to say; help and version come this way too, with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
    if (!(error instanceof WrongUsage)) throw error
    process.stderr.write(`manycore: ${error.message}\n`)
    return WRONG_USAGE
  }
}

function makeProgram(literals: readonly string[], finish: (exitCode: number) => void): Command {
  const program = new Command('manycore')
    .description('Runs functions on every core: define a function, everything else is done for you.')
    .version(version, '-V, --version')
    .exitOverride()
    .showHelpAfterError('Run with --help to see how it is used.')
    .addHelpText('after', '\nRun `manycore map --help` for its options and examples.')

  program
    .command('map')
    .description('Run an exported function over arguments, lines or files, on every core.')
    .argument('<module[#export]>', 'the function: a path, URL or package, and the name of an export')
    .argument('[inputs...]', 'files, directories (every file below), globs, or plain text')
    .option('--lines <file>', 'run over the lines of a file; - for stdin')
    .option('--threads', 'use threads instead of processes')
    .option(
      '-w, --workers <n|auto>',
      'how many of them; auto: found out while they work (default: one for each usable CPU)',
      countOrAuto,
    )
    .option(
      '--concurrency <n|auto>',
      'tasks that each worker runs at a time, for async functions; auto: found out (default: 1)',
      countOrAuto,
    )
    .option('--timeout <ms>', 'stop an item that runs longer', wholeNumber(1))
    .option('--retries <n>', 'run a failed item again up to so many times', wholeNumber(0))
    .option('--unordered', 'print results as they come, not in input order')
    .option('--json', 'print one JSON object for each item, failures included')
    .option('--no-progress', 'draw no progress bar (there is none unless stderr is a terminal)')
    .option('--journal <file>', 'record what is finished; run again with it to go on where a run stopped')
    .option('--trace <file>', 'write who ran what when, to be opened in ui.perfetto.dev')
    .addHelpText('after', MAP_EXAMPLES)
    .action(async (reference: string, inputs: string[], options: MapOptions) => {
      finish(await map(mapRequest(reference, inputs, literals, options)))
    })

  program
    .command('explain')
    .description('Print how a function travels to a worker, what it captures, and why not if it is refused.')
    .argument('<module[#export]>', 'the function: a path, URL or package, and the name of an export')
    .option('--json', 'print it as JSON')
    .action(async (reference: string, options: { json?: boolean }) => {
      finish(await printExplanation(reference, options.json === true))
    })

  program
    .command('info')
    .description('Print what manycore found here: versions, usable CPUs, memory, start method.')
    .option('--json', 'print it as JSON')
    .action((options: { json?: boolean }) => printInfo(options.json === true))

  return program
}

const MAP_EXAMPLES = `
Examples:
  manycore map work.js#resize photos/                     every file below a directory
  manycore map work.js#resize 'photos/**/*.jpg'           a glob
  manycore map work.js#isPrime --lines numbers.txt        each line of a file
  seq 1000000 | manycore map work.js#isPrime --lines -    each line of stdin, as they come
  manycore map work.js -- '*' --weird                     the default export; plain text after --
  manycore map node:path#basename a/b.txt c/d.txt         any function of any module
  manycore map fetch.js#size --concurrency 20 --timeout 5000 --retries 2 --lines urls.txt
  manycore map slow.js#simulate --journal done.ndjson --lines seeds.txt > results.txt

Exit codes: 0 all went well, 1 an item failed, 2 wrong usage, 130 Ctrl-C.
`

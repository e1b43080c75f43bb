/*
 * Which of this program's own flags a worker gets. Everything that says how code is loaded and run is handed on;
 * what says *what* to run, or opens a port that is taken, is not.
 */

/** Flags whose value is the next element, whatever that looks like. */
const WITH_VALUE = new Set(['-e', '--eval', '-p', '--print', '-pe'])
const NOT_FOR_WORKERS =
  /^(-e|--eval|-p|-pe|--print|-c|--check|-i|--interactive|--input-type|--test|--watch|--(?:no-)?inspect|--run|--build-snapshot|--build-sea|--experimental-sea-config|--cpu-prof|--heap-prof|--prof)(?=$|=|-)/

/** The flags for a new process, from those of this one. */
export function inheritedFlags(flags: readonly string[] = process.execArgv): string[] {
  const kept: string[] = []
  for (let at = 0; at < flags.length; at++) {
    const flag = flags[at] as string
    if (!NOT_FOR_WORKERS.test(flag)) kept.push(flag)
    // What is no flag itself belongs to the flag before it, and goes with it.
    else
      while (
        at + 1 < flags.length &&
        (WITH_VALUE.has(flags[at] as string) || !flags[at + 1]?.startsWith('-'))
      )
        at++
  }
  return kept
}

/** The flags of a thread's own: what is not among them belongs to the process, and Node refuses it for a thread. */
const FOR_THREADS =
  /^(-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--enable-source-maps|--no-warnings|--unhandled-rejections|--(no-)?experimental-\S+)(?=$|=)/
const WITH_VALUE_FOR_THREADS = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
])

const HALT = /(?<=^|\s)--inspect-(?:brk|wait)(?=$|[\s=])/g

/**
 * The flags for a new thread. `undefined`: it takes over this one's, as Node does by itself. `--input-type` can't be
 * taken over, for a thread's entry is a file, and Node would look for modules where the program has moved to. With
 * `--inspect-brk` each thread would wait for a debugger that attaches to threads, and not all do (`node inspect`).
 */
export function threadFlags(
  hasMoved: boolean,
  flags: readonly string[] = process.execArgv,
  options = process.env['NODE_OPTIONS'] ?? '',
): string[] | undefined {
  // Those of NODE_OPTIONS come with the environment, and can only be taken back.
  const halts = (options.match(HALT) ?? []).map(flag => flag.replace('--', '--no-'))
  const hasUnfit = flags.some(flag => /^--input-type|^--inspect-(brk|wait)/.test(flag))
  if (!hasMoved && !hasUnfit && halts.length === 0) return undefined
  const kept = inheritedFlags(flags).filter(
    (flag, at, all) => FOR_THREADS.test(flag) || WITH_VALUE_FOR_THREADS.has(all[at - 1] ?? ''),
  )
  return [...kept, ...halts]
}

/*
 * Which of this program's own flags a worker gets. Everything that says how code is loaded and run is handed on;
 * what says *what* to run, or opens a port that is taken, is not.
 */

/** Flags whose value is the next element. */
const WITH_VALUE = new Set(['-e', '--eval', '-p', '--print', '-pe'])
const NOT_FOR_WORKERS =
  /^(-e|--eval|-p|-pe|--print|-c|--check|-i|--interactive|--input-type|--test|--watch|--inspect|--run|--build-snapshot|--build-sea|--experimental-sea-config|--cpu-prof|--heap-prof|--prof)(?=$|=|-)/

/** The flags for a new process, from those of this one. */
export function inheritedFlags(flags: readonly string[] = process.execArgv): string[] {
  const kept: string[] = []
  for (let at = 0; at < flags.length; at++) {
    const flag = flags[at] as string
    if (!NOT_FOR_WORKERS.test(flag)) kept.push(flag)
    else if (WITH_VALUE.has(flag)) at++
  }
  return kept
}

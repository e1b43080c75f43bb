/**
 * steps: every order in which threads can work on shared words.
 *
 *    explore ──► Control (whose turn it is) ◄── threads, each with Steps: cells and seats that stop before each operation
 *
 * A failure comes with its schedule as text, to be replayed: explore(module, name, { replay: '0110…' }).
 */
export { explore, type ExploreOptions, type Verdict } from './explore.ts'
export type { Outcome, Scenario } from './scenario.ts'
export { Steps } from './steps.ts'

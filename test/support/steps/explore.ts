import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { ACTION, Control, type Decision, MOST_THREADS, type Rules } from './control.ts'
import type { Scenario } from './scenario.ts'
import type { Order } from './thread.ts'

/*
 * A schedule as text has one character for each step: `0` `1` … which thread goes on, `a` `b` … for which
 * thread time passes, `A` `B` … which thread is killed.
 */
const LETTERS = ['0', 'a', 'A']

export interface ExploreOptions {
  /**
   * How often the turn may be taken from a thread that could go on. Default 2: nearly all faults show with two.
   * `Infinity`: all schedules there are.
   */
  readonly preemptions?: number
  /** Gives up after so many schedules. Default: never. */
  readonly most?: number
  /** Stops looking after so many milliseconds; the answer then says that it is not exhausted. */
  readonly time?: number
  /** Runs this one schedule only. */
  readonly replay?: string
}

export interface Verdict {
  /** How many schedules were run. */
  readonly schedules: number
  /** Whether these are all there are within the bound. */
  readonly exhausted: boolean
  /** What went wrong, if anything did. */
  readonly failure: string | undefined
  /** The schedule in which it did: give it as `replay` to see it again. */
  readonly schedule: string
}

/**
 * Runs the scenario `name` of the module's `scenarios` in every order of its threads' steps, up to the bound, and
 * stops at the first failure. Real threads, the algorithm's own code.
 * @example
 * const verdict = await explore(new URL('./lock-steps.js', import.meta.url), 'two threads', { preemptions: 3 })
 * assert.equal(verdict.failure, undefined)
 */
export async function explore(module: URL, name: string, options: ExploreOptions = {}): Promise<Verdict> {
  const { scenarios } = (await import(module.href)) as { scenarios: Record<string, Scenario> }
  const scenario = scenarios[name]
  if (!scenario) throw new Error(`${module.href} has no scenario ${name}`)
  const control = new Control()
  const words = new SharedArrayBuffer((scenario.words + MOST_THREADS) * 4)
  const crew = scenario.threads.map(() => idle.pop() ?? makeThread())
  const order = { control: control.buffer, words, module: module.href, scenario: name }
  let verdict: Verdict | undefined
  try {
    const ready = Promise.all(crew.map(({ worker }, me) => begins(worker, { ...order, me })))
    await Promise.race([ready, ...crew.map(({ broken }) => broken)])
    verdict = search(scenario, control, new Int32Array(words), options)
    return verdict
  } finally {
    control.end()
    // Where something is wrong, a thread may be anywhere.
    if (verdict && verdict.failure === undefined) idle.push(...crew)
    else await Promise.all(crew.map(({ worker }) => worker.terminate()))
  }
}

interface Thread {
  readonly worker: Worker
  /** Rejects when it ends by an error. */
  readonly broken: Promise<never>
}

/** Threads of explorations that went well: to load the modules takes longer than most explorations. */
const idle: Thread[] = []

function makeThread(): Thread {
  const worker = new Worker(new URL('./thread.js', import.meta.url))
  const broken = new Promise<never>((_, reject) => worker.once('error', reject))
  broken.catch(() => {})
  // Idle ones end with the program.
  worker.unref()
  return { worker, broken }
}

async function begins(worker: Worker, order: Order): Promise<void> {
  worker.ref()
  worker.postMessage(order)
  await once(worker, 'message')
  worker.unref()
}

/** Depth first: each run goes on by itself where the schedule ends, then its last free choice is changed. */
function search(scenario: Scenario, control: Control, words: Int32Array, options: ExploreOptions): Verdict {
  const bound = options.preemptions ?? 2
  const end = performance.now() + (options.time ?? Number.POSITIVE_INFINITY)
  let schedule: number[] | undefined = options.replay === undefined ? [] : parse(options.replay)
  let schedules = 0
  while (schedule) {
    words.fill(0)
    if (!control.runOnce(schedule, rulesOf(scenario))) {
      return {
        schedules,
        exhausted: false,
        failure: 'a thread hangs between two steps',
        schedule: text(schedule),
      }
    }
    schedules++
    const decisions = control.decisions()
    const failure = control.failure() ?? wrongEnd(scenario, control, words)
    const done = text(decisions.map(({ chosen }) => chosen))
    if (failure !== undefined) return { schedules, exhausted: false, failure, schedule: done }
    if (options.replay !== undefined) return { schedules, exhausted: false, failure, schedule: done }
    schedule = following(decisions, bound)
    if (schedule && (schedules === options.most || performance.now() > end)) {
      return { schedules, exhausted: false, failure: undefined, schedule: '' }
    }
  }
  return { schedules, exhausted: true, failure: undefined, schedule: '' }
}

function rulesOf(scenario: Scenario): Rules {
  const all = scenario.threads.map((_, thread) => thread)
  return {
    threads: all.length,
    kills: scenario.kills ?? 0,
    mayDie: (scenario.mayDie ?? all).reduce((bits, thread) => bits | (1 << thread), 0),
    timeouts: scenario.timeouts ?? 0,
    slices: scenario.slices ?? false,
    mostInside: scenario.mostInside ?? 1,
  }
}

function wrongEnd(scenario: Scenario, control: Control, words: Int32Array): string | undefined {
  const dead = scenario.threads.map((_, thread) => thread).filter(thread => control.isDead(thread))
  try {
    scenario.check?.({ words: words.subarray(0, scenario.words), told: control.told(), dead })
    return undefined
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}

/** The next schedule after these decisions: the last one that can be made otherwise, made otherwise. */
function following(decisions: readonly Decision[], bound: number): number[] | undefined {
  const spent = preemptions(decisions)
  for (let i = decisions.length - 1; i >= 0; i--) {
    const decision = decisions[i]
    if (!decision) continue
    const ran = lastThread(decisions, i)
    const { own } = decision
    const others = choices(decision).filter(choice => choice !== own)
    const tried = decision.chosen === own ? -1 : others.indexOf(decision.chosen)
    const next = others
      .slice(tried + 1)
      .find(choice => (spent[i] ?? 0) + Number(isPreemption(decision, choice, ran)) <= bound)
    if (next !== undefined) return [...decisions.slice(0, i).map(({ chosen }) => chosen), next]
  }
  return undefined
}

/** How many pre-emptions there were before each decision. */
function preemptions(decisions: readonly Decision[]): number[] {
  let count = 0
  return decisions.map((decision, i) => {
    const before = count
    if (isPreemption(decision, decision.chosen, lastThread(decisions, i))) count++
    return before
  })
}

function lastThread(decisions: readonly Decision[], i: number): number {
  return i === 0 ? -1 : (decisions[i - 1]?.chosen ?? 0) % MOST_THREADS
}

function isPreemption(decision: Decision, choice: number, ran: number): boolean {
  const couldGoOn = ran >= 0 && (decision.run & (1 << ran)) !== 0
  return couldGoOn && choice % MOST_THREADS !== ran && choice < MOST_THREADS
}

function choices({ run, timeOut, die }: Decision): number[] {
  const of = (bits: number, action: number): number[] =>
    Array.from({ length: MOST_THREADS }, (_, thread) => thread)
      .filter(thread => bits & (1 << thread))
      .map(thread => thread + action * MOST_THREADS)
  return [...of(run, ACTION.run), ...of(timeOut, ACTION.timeOut), ...of(die, ACTION.die)]
}

function text(schedule: readonly number[]): string {
  return schedule
    .map(choice => {
      const first = LETTERS[Math.floor(choice / MOST_THREADS)] ?? '?'
      return String.fromCharCode(first.charCodeAt(0) + (choice % MOST_THREADS))
    })
    .join('')
}

function parse(schedule: string): number[] {
  return schedule.split('').map(letter => {
    const action = letter >= 'a' ? ACTION.timeOut : letter >= 'A' ? ACTION.die : ACTION.run
    return letter.charCodeAt(0) - (LETTERS[action] ?? '0').charCodeAt(0) + action * MOST_THREADS
  })
}

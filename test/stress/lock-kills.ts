import { Condition, Event, Lock, Process, Semaphore, Thread } from 'manycore'
import { random } from './soak.ts'

export interface LockKillsOptions {
  readonly kind: 'threads' | 'processes'
  /** How many workers are killed, one after another. */
  readonly kills: number
  readonly seed: number
  /** How many work at a time. Default 3. */
  readonly workers?: number
}

export interface LockKillsResult {
  /** How often the lock was held by somebody. */
  readonly turns: number
  /** How many of the killed held it. */
  readonly abandoned: number
  /** The longest time in which nobody got it, in milliseconds. */
  readonly longestPause: number
  /** What must not be: two inside at once, or no turn for ten seconds. */
  readonly wrong: readonly string[]
}

interface Member {
  readonly process: Process
  readonly started: Event
}

/** What a worker works on. */
interface Things {
  readonly lock: Lock
  readonly condition: Condition
  /** As many units as there are workers inside: one at most. */
  readonly inside: Semaphore
  readonly turns: Semaphore
  readonly abandoned: Semaphore
  readonly violations: Semaphore
}

/**
 * Workers take one lock in every way there is, wait on its condition, and are killed at any moment. Whoever gets the
 * lock looks whether somebody else is inside.
 */
export async function lockKills({
  kind,
  kills,
  seed,
  workers = 3,
}: LockKillsOptions): Promise<LockKillsResult> {
  const Worker = kind === 'processes' ? Process : (Thread as unknown as typeof Process)
  const lock = new Lock()
  const things: Things = {
    lock,
    condition: new Condition(lock),
    inside: new Semaphore(0),
    turns: new Semaphore(0),
    abandoned: new Semaphore(0),
    violations: new Semaphore(0),
  }
  const next = random(seed)
  const start = (): Member => {
    const started = new Event()
    const args: [Things, Event, number] = [things, started, Math.floor(next() * 1e9)]
    return {
      started,
      process: new Worker<[Things, Event, number], void>({
        target: worker,
        args,
      }).start() as unknown as Process,
    }
  }
  const crew: Member[] = Array.from({ length: workers }, start)
  const wrong: string[] = []
  const pauses = watchPauses(things.turns)
  try {
    await Promise.all(crew.map(({ started }) => started.wait()))
    pauses.begin()
    for (let i = 0; i < kills && wrong.length === 0; i++) {
      const victim = Math.floor(next() * crew.length)
      const { process } = crew[victim] as Member
      // So the others go on in any case.
      await Promise.all(crew.map(({ started }) => started.wait()))
      await pauseFor(next() * 15)
      crew[victim] = start()
      process.kill()
      await process.join()
      if (pauses.longest() > 10_000) wrong.push(`nobody got the lock for ten seconds after kill ${i}`)
    }
    // Whatever was left behind: it can still be had.
    const guard = await lock.acquire({ timeout: 5000 }).catch((error: Error) => wrong.push(error.message))
    if (typeof guard === 'object') guard.release()
  } finally {
    pauses.stop()
    for (const { process } of crew) process.kill()
    await Promise.all(crew.map(({ process }) => process.join()))
  }
  if (things.violations.value > 0) wrong.push(`${things.violations.value} times two were inside`)
  return {
    turns: things.turns.value,
    abandoned: things.abandoned.value,
    longestPause: pauses.longest(),
    wrong,
  }
}

function pauseFor(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

/** How long nobody had a turn, at most, after the first. */
function watchPauses(turns: Semaphore): { begin(): void; longest(): number; stop(): void } {
  let seen = -1
  let at = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    if (turns.value !== seen) at = now
    seen = turns.value
    longest = Math.max(longest, now - at)
  }, 2)
  return {
    begin: () => {
      at = performance.now()
      longest = 0
    },
    longest: () => longest,
    stop: () => clearInterval(timer),
  }
}

async function worker(things: Things, started: Event, seed: number): Promise<void> {
  const { lock, condition, inside, turns } = things
  let state = seed
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const enter = (abandoned: boolean): void => {
    if (abandoned) {
      things.abandoned.release()
      while (inside.tryAcquire());
      lock.markConsistent()
    }
    if (inside.value !== 0) things.violations.release()
    inside.release()
    const end = performance.now() + next() * 0.3
    while (performance.now() < end);
    if (inside.value !== 1) things.violations.release()
    inside.tryAcquire()
    turns.release()
  }
  started.set()
  const waits = async (): Promise<void> => {
    for (;;) {
      const guard = await lock.acquire()
      enter(guard.abandoned)
      const chance = next()
      if (chance < 0.2) condition.notify()
      else if (chance < 0.4) {
        await condition.wait({ timeout: 5 })
        enter(lock.abandoned)
      }
      guard.release()
      if (next() < 0.2) await new Promise(resolve => setTimeout(resolve, next() * 2))
      else await new Promise(setImmediate)
    }
  }
  const sleeps = async (): Promise<void> => {
    for (;;) {
      for (let i = 0; i < 20; i++) {
        const guard = next() < 0.5 ? lock.tryAcquire() : tryFor(lock, next() * 3)
        if (!guard) continue
        enter(guard.abandoned)
        guard.release()
      }
      await new Promise(setImmediate)
    }
  }
  await Promise.all([waits(), waits(), sleeps()])
}

function tryFor(lock: Lock, timeout: number): ReturnType<Lock['tryAcquire']> {
  try {
    return lock.acquireSync({ timeout })
  } catch {
    return null
  }
}

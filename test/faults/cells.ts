import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { inspect } from 'node:util'
import {
  type CallOptions,
  ManycoreError,
  type MapOptions,
  Pool,
  type PoolOptions,
  Process,
  Thread,
  ThreadPool,
} from 'manycore'
import { deadline, type Kind, leaks, nothingLeft } from '../support/index.ts'
import { EXIT_CODE, type Fault, HUGE, MESSAGE } from './fixtures/misdeeds.ts'

/*
 * One cell of the matrix: a fault, at a place, in a way of giving work, on a kind of worker. It has a deadline of
 * its own; when it misses it, it says what was pending. Afterwards the same pool has to work.
 */

/** The ways of giving work. */
export const WAYS = ['apply', 'map', 'map in one chunk', 'imap', 'imapUnordered'] as const
export type Way = (typeof WAYS)[number]

export const DEADLINE = 15_000
/** How long a task may run where the fault is that it never ends. In milliseconds. */
export const PATIENCE = 400

export type Outcome = { readonly value: unknown } | { readonly error: unknown }
type AnyPool = Pool | ThreadPool

const made = new Set<AnyPool>()

/** Small heaps, so that running out of memory is quick. */
export function poolOf(kind: Kind, options: Partial<PoolOptions<never>> = {}): AnyPool {
  const common = { processes: 2, ...options }
  const pool = kind.pick(
    () => new ThreadPool({ resourceLimits: { maxOldGenerationSizeMb: 32 }, ...common }),
    () => new Pool({ execArgv: ['--max-old-space-size=32'], ...common }),
  )()
  made.add(pool)
  return pool
}

/** For `afterEach` and `after`: a cell that failed doesn't spoil the next. Nothing may be left of one that didn't. */
export async function clearUp(): Promise<void> {
  await Promise.all([...made].map(pool => pool.terminate()))
  made.clear()
  await nothingLeft()
}

/** One pool that has to bear all cells of a suite, and to end well after them. */
export function sharedPool(kind: Kind, options: Partial<PoolOptions<never>> = {}): () => AnyPool {
  let pool: AnyPool
  before(() => {
    pool = poolOf(kind, options)
  })
  after(async () => {
    await expectCleanEnd(pool)
    await clearUp()
  })
  return () => pool
}

/** A test with a deadline inside Node's own, so that it can tell what was pending. */
export function cell(
  name: string,
  body: () => Promise<void>,
  describePending: () => unknown = () => '',
): void {
  test(name, { timeout: DEADLINE + 5_000 }, async () => {
    try {
      await deadline(body(), DEADLINE, name)
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('was not there within'))) throw error
      const pending = JSON.stringify(describePending(), undefined, 1)
      throw new Error(
        `${error.message}\npending: ${pending}\n${leaks().join('\n')}\n${process.getActiveResourcesInfo().join(' ')}`,
        { cause: error },
      )
    }
  })
}

// oxlint-disable typescript/consistent-return -- each way returns
/** Gives the items to `fn` in one of the ways; what came of each, or for `map` what came of all. */
export async function giveWork(
  pool: AnyPool,
  way: Way,
  fn: (item: never) => unknown,
  items: readonly unknown[],
  options: MapOptions = {},
): Promise<Outcome[]> {
  const work = fn as (item: unknown) => unknown
  switch (way) {
    case 'apply':
      return Promise.all(items.map(item => outcome(pool.apply(work, [item], options as CallOptions))))
    case 'map':
      return [await outcome(pool.map(work, items, options))]
    case 'map in one chunk':
      return [await outcome(pool.map(work, items, { ...options, chunksize: items.length }))]
    case 'imap':
      return readAll(pool.imap(work, items, options))
    case 'imapUnordered':
      return readAll(pool.imapUnordered(work, items, options))
  }
}

// oxlint-enable typescript/consistent-return

async function readAll(results: AsyncIterator<unknown>): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (;;) {
    try {
      const step = await results.next()
      if (step.done) return outcomes
      outcomes.push({ value: step.value })
    } catch (error) {
      outcomes.push({ error })
    }
  }
}

export function outcome(promise: PromiseLike<unknown>): Promise<Outcome> {
  return Promise.resolve(promise).then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  )
}

/** What a cell expects of the one item that goes wrong. */
export type Expectation = (found: Outcome) => void

export const thrown: Expectation = found => {
  assert.ok('error' in found, `a value came: ${String((found as { value: unknown }).value)}`)
  assert.ok(found.error instanceof RangeError, String(found.error))
  assert.equal(found.error.message, MESSAGE)
}

export function coded(code: string, fields: Readonly<Record<string, unknown>> = {}): Expectation {
  return found => {
    assert.ok('error' in found, `a value came: ${String((found as { value: unknown }).value)}`)
    const { error } = found
    assert.ok(error instanceof ManycoreError, `not one of ours: ${String(error)}`)
    assert.equal(error.code, code, error.message)
    for (const [field, wanted] of Object.entries(fields)) {
      assert.equal(
        (error as unknown as Record<string, unknown>)[field],
        wanted,
        `${field} of: ${error.message}`,
      )
    }
  }
}

/** A user's error inside one of ours. */
export function wrapped(code: string): Expectation {
  return found => {
    coded(code)(found)
    thrown({ error: (found as { error: Error }).error.cause })
  }
}

export const exited: Expectation = coded('WORKER_DIED', { exitCode: EXIT_CODE, signal: null })
export const killed: Expectation = coded('WORKER_DIED', { exitCode: -9, signal: 'SIGKILL' })
export const outOfMemory: Expectation = coded('WORKER_DIED', { outOfMemory: true })
export const timedOut: Expectation = coded('TASK_TIMEOUT', { timeout: PATIENCE })
export const arrived: Expectation = found => {
  assert.ok('value' in found, String((found as { error: unknown }).error))
  assert.equal((found.value as Uint8Array).length, HUGE)
}

/** What each fault leads to where the worker runs it as part of the task. */
export const IN_TASK: Readonly<Record<Fault, Expectation>> = {
  throws: thrown,
  exits: exited,
  'is killed': killed,
  'runs out of memory': outOfMemory,
  'never answers': timedOut,
  'never settles': timedOut,
  'cannot travel': coded('CANNOT_CLONE'),
  'is huge': arrived,
}
/** The same where the worker puts the arguments together, and where it takes the result apart. */
export const IN_ARGUMENTS: typeof IN_TASK = { ...IN_TASK, throws: wrapped('CANNOT_DECODE') }
export const IN_RESULT: typeof IN_TASK = { ...IN_TASK, throws: wrapped('CANNOT_READ') }

/** Faults that would end the test itself: a thread can't be killed alone. */
export function possible(kind: Kind, fault: Fault): boolean {
  return !(kind.name === 'threads' && fault === 'is killed')
}

export function optionsFor(fault: Fault): CallOptions {
  return fault === 'never answers' || fault === 'never settles' ? { timeout: PATIENCE } : {}
}

/**
 * Looks at what came of [bad, fine, fine]. `apply` and the `imap`s tell of each item, `map` of the first that failed.
 * The bad one goes first: what is behind it has not begun, so nothing but a chunk that they share may harm it.
 */
export function expectOutcomes(way: Way, found: readonly Outcome[], expected: Expectation): void {
  if (way === 'map' || way === 'map in one chunk') {
    const [only] = found as [Outcome]
    if ('error' in only) return expected(only)
    const [first, ...others] = only.value as unknown[]
    assert.deepEqual(others, ['fine', 'fine'])
    return expected({ value: first })
  }
  assert.equal(found.length, 3, 'one outcome for each item')
  const isFine = (each: Outcome): boolean => 'value' in each && each.value === 'fine'
  const odd = found.filter(each => !isFine(each))
  if (odd.length !== 1)
    assert.fail(`${odd.length} items are not fine:\n${odd.map(each => inspect(each)).join('\n')}`)
  if (way !== 'imapUnordered') assert.equal(found[0], odd[0], 'the bad item is the first')
  expected(odd[0] as Outcome)
}

/** The same in a worker of its own. */
export async function runTarget(
  kind: Kind,
  fn: (item: never) => unknown,
  item: unknown,
  fault: Fault,
): Promise<{ found: Outcome; exitCode: number | null }> {
  const target = fn as (item: unknown) => unknown
  const worker = kind.pick(
    () => new Thread({ target, args: [item], resourceLimits: { maxOldGenerationSizeMb: 32 } }),
    () =>
      new Process({
        target,
        args: [item],
        execArgv: ['--max-old-space-size=32'],
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
  )()
  worker.start()
  const endless = fault === 'never answers'
  if (endless) {
    const early = await outcome(worker.result({ timeout: PATIENCE }))
    coded('WAIT_TIMEOUT')(early)
    worker.terminate()
    await worker.join({ timeout: PATIENCE })
    if (worker.isAlive()) worker.kill()
  }
  const found = await outcome(worker.result())
  await worker.join()
  return { found, exitCode: worker.exitCode }
}

/** The pool takes work again, and ends without leaving anything. */
export async function expectUsable(pool: AnyPool): Promise<void> {
  assert.deepEqual(await pool.map(add, [1, 2, 3, 4]), [2, 3, 4, 5])
}

export async function expectCleanEnd(pool: AnyPool): Promise<void> {
  pool.close()
  await pool.join()
  await nothingLeft()
  assert.deepEqual(sharedFiles(), [], 'left in /dev/shm')
}

/** Files of ours in shared memory. Ours have no name, so there is none. */
function sharedFiles(): string[] {
  try {
    return readdirSync('/dev/shm').filter(name => name.startsWith('manycore'))
  } catch {
    return []
  }
}

export function add(value: number): number {
  return value + 1
}

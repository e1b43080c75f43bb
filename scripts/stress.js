// @ts-check
/*
 * Longer and harder than `npm test` has time for. Each part ends as it must, and nothing may be left behind it.
 *
 *    npm run stress                                  all parts: half an hour
 *    npm run stress -- pools queues                  these parts
 *    npm run stress -- pools --time 600 --seed 4     ten minutes of pools, with this seed
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { nothingLeft } from '../dist/test/support/index.js'

/** How much of each part, and what to change it by. */
const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    time: { type: 'string', default: '120' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    captures: { type: 'string', default: '100000' },
    kills: { type: 'string', default: '1000' },
    steps: { type: 'string', default: '10' },
    soak: { type: 'string', default: '600' },
  },
})
const seed = Number(given.seed)
const kinds = /** @type {const} */ (['threads', 'processes'])

/** @type {Record<string, () => Promise<void> | void>} */
const PARTS = {
  /** Tasks that throw, exit, are killed, never end or bring much; `--time` seconds in all. */
  async pools() {
    const { soak } = await import('../dist/test/stress/soak.js')
    for (const kind of kinds) {
      const before = process.memoryUsage().rss
      const time = (Number(given.time) * 1000) / kinds.length
      const { tasks, byFate, beside, wrong } = await soak({ kind, seed, time })
      await nothingLeft({ within: 5000 })
      const grown = Math.round((process.memoryUsage().rss - before) / 2 ** 20)
      const fates = Object.entries(byFate).map(([fate, count]) => `${fate} ${count}`)
      console.log(`${kind}: ${tasks} tasks (${fates.join(', ')})`)
      tell(`${beside} lost beside another, memory ${grown} MiB more`, wrong)
    }
  },

  /** Short lives of pools and executors, whatever their options and calls; `--time` seconds in all. */
  async episodes() {
    const { episode } = await import('../dist/test/stress/episodes.js')
    for (const kind of kinds) {
      const end = performance.now() + (Number(given.time) * 1000) / kinds.length
      let [lives, calls] = [0, 0]
      /** @type {string[]} */
      const wrong = []
      for (; performance.now() < end && wrong.length === 0; lives++) {
        const life = await episode({ kind, seed: seed + lives })
        calls += life.calls
        wrong.push(...life.wrong.map(problem => `${life.story}: ${problem}`))
      }
      tell(`${kind}: ${lives} pools and executors, ${calls} calls`, wrong)
    }
  },

  /** So many `--captures` of functions, and what they leave in memory. */
  async captures() {
    const { manyCaptures } = await import('../dist/test/stress/captures.js')
    const count = Number(given.captures)
    const { bytesEach, msEach } = await manyCaptures(count)
    const wrong = bytesEach > 100 ? ['too much is left'] : []
    tell(`${count} captures: ${bytesEach.toFixed(1)} bytes left by each, ${msEach.toFixed(3)} ms each`, wrong)
  },

  /** Threads and processes that make, send and drop shared things are killed at any moment: `--kills` in all. */
  async seats() {
    const { killMany } = await import('../dist/test/memory/kills.js')
    const kills = Number(given.kills)
    /** @type {string[]} */
    const wrong = []
    await killMany(kills, 3).catch(error => wrong.push(String(error)))
    tell(`${kills} kills of threads and processes that share memory`, wrong)
  },

  /** Holders and waiters of a lock are killed at any moment: `--kills` in all. */
  async locks() {
    const { lockKills } = await import('../dist/test/stress/lock-kills.js')
    for (const kind of kinds) {
      const kills = Math.ceil(Number(given.kills) / kinds.length)
      const { turns, abandoned, longestPause, wrong } = await lockKills({ kind, kills, seed })
      await nothingLeft({ within: 5000 })
      console.log(`a lock among ${kind}: ${turns} turns, ${abandoned} of the ${kills} killed held it`)
      tell(`${Math.round(longestPause)} ms the longest without a turn`, wrong)
    }
  },

  /** Those who put into and take from a queue are killed: `--kills` in all. */
  async queues() {
    const [{ killSome }, { random }] = await Promise.all([
      import('../dist/test/channel/kills.js'),
      import('../dist/test/stress/soak.js'),
    ])
    const rounds = Math.ceil(Number(given.kills) / 2.5)
    const { kills, messages, wrong } = await killSome({ rounds, random: random(seed) })
    await nothingLeft({ within: 5000 })
    tell(`queues: ${kills} kills in ${rounds} rounds, ${messages} messages`, wrong)
  },

  /** Locks and queues in turn, with kills, for `--soak` seconds. */
  async soak() {
    const [{ lockKills }, { killSome }, { random }] = await Promise.all([
      import('../dist/test/stress/lock-kills.js'),
      import('../dist/test/channel/kills.js'),
      import('../dist/test/stress/soak.js'),
    ])
    const next = random(seed)
    const end = performance.now() + Number(given.soak) * 1000
    const total = { turns: 0, messages: 0, kills: 0 }
    /** @type {string[]} */
    const wrong = []
    while (performance.now() < end && wrong.length === 0) {
      for (const kind of kinds) {
        const locks = await lockKills({ kind, kills: 20, seed: Math.floor(next() * 1e9) })
        total.turns += locks.turns
        wrong.push(...locks.wrong)
      }
      const queues = await killSome({ rounds: 20, random: next })
      total.messages += queues.messages
      total.kills += queues.kills + 40
      wrong.push(...queues.wrong)
      await nothingLeft({ within: 5000 })
    }
    tell(`${total.turns} turns of locks, ${total.messages} messages, ${total.kills} kills`, wrong)
  },

  /** What `npm test` tries a part of, in full: every fault at every place in every way, and the larger numbers. */
  tests() {
    const folders = ['/conformance/', '/faults/', '/link/', '/memory/', '/pool/']
    runTests(folders, { MANYCORE_TESTS: 'thorough' })
  },

  /** The command is killed while it writes its journal, a twentieth of `--kills`; then it reads more than it has memory. */
  async command() {
    const [{ killWhileRecording }, { readLongInput }] = await Promise.all([
      import('../dist/test/cli/journal-kills.js'),
      import('../dist/test/cli/long-input.js'),
    ])
    const runs = [[], ['--threads'], ['--unordered']]
    let kills = 0
    /** @type {string[]} */
    const wrong = []
    for (const flags of runs) {
      const most = Math.ceil(Number(given.kills) / 20 / runs.length)
      await killWhileRecording({ flags, items: 400, kills: most }).then(
        run => {
          kills += run.kills
        },
        error => wrong.push(String(error)),
      )
    }
    const lines = 100_000
    for (const flags of [[], ['--threads']])
      await readLongInput({ lines, length: 800, flags }).catch(error => wrong.push(String(error)))
    await nothingLeft({ within: 5000 })
    tell(`${kills} kills of commands with a journal, twice ${lines} lines read`, wrong)
  },

  /** Each program in the docs alone. The tests run many in one process. */
  docs() {
    runTests(['docs/pages', 'docs/docstrings'], { MANYCORE_DOCS_ALONE: '1' })
  },

  /** The algorithms in more orders than the tests have time for: `--steps` seconds for each scenario. */
  steps() {
    runTests(['sync/steps', 'channel/ring-steps'], {
      MANYCORE_STEPS_TIME: String(Number(given.steps) * 1000),
      MANYCORE_STEPS_BOUND: '3',
    })
  },
}

/** The tests whose path holds one of the words. @param {readonly string[]} words @param {Record<string, string>} settings */
function runTests(words, settings) {
  const test = fileURLToPath(new URL('test.js', import.meta.url))
  const args = [test, '--quiet', '--deadline', '3600000', ...words]
  const { status } = spawnSync(process.execPath, args, {
    env: { ...process.env, ...settings },
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}

/** @param {string} text @param {readonly string[]} wrong */
function tell(text, wrong) {
  console.log(`  ${text}, ${wrong.length} wrong`)
  for (const problem of wrong.slice(0, 20)) console.log(`  ${problem}`)
  if (wrong.length > 0) process.exitCode = 1
}

const unknown = positionals.filter(name => !Object.hasOwn(PARTS, name))
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}. There are: ${Object.keys(PARTS).join(', ')}`)
  process.exit(2)
}
console.log(`seed ${seed}`)
for (const [name, run] of Object.entries(PARTS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  console.log(`${name}:`)
  await run()
}

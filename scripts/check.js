// @ts-check
/*
 * Everything that can be told about the sources and the package without running the tests.
 *
 *    npm run check                  all steps
 *    npm run check -- lint api      some of them
 *    npm run check -- api --update  take over a changed public interface into api/manycore.api.md
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { run, runTool } from './lib/run-tool.js'

/** @typedef {{ code: number, output: string }} Outcome */

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { update: { type: 'boolean', default: false } },
})

const node = (/** @type {string[]} */ ...args) => run(process.execPath, args)
const tsc = (/** @type {string} */ project) => runTool('typescript', 'tsc', ['-p', project])

/** The steps in their order; the later ones look at what the first one builds. @type {Record<string, () => Promise<Outcome>>} */
const STEPS = {
  build: () =>
    inTurn(
      () => tsc('tsconfig.json'),
      () => node('scripts/bundle.js'),
    ),
  types: () =>
    inTurn(
      () => tsc('scripts/tsconfig.json'),
      () => tsc('test/types/tsconfig.json'),
    ),
  lint: () => runTool('oxlint', 'oxlint', ['--deny-warnings']),
  format: () => runTool('@biomejs/biome', 'biome', ['format', '.']),
  rooms: () => node('scripts/test.js', '--quiet', 'test/architecture'),
  docs: () =>
    inTurn(
      () => node('scripts/errors.js', '--check'),
      () => node('scripts/states.js', '--check'),
      () => node('scripts/sync-states.js', '--check'),
      () => node('scripts/test.js', '--quiet', 'test/docs'),
    ),
  api: () => runTool('@microsoft/api-extractor', 'api-extractor', apiArguments()),
  package: checkPackage,
}

/** What mends a step that fails, where there is one command for it. @type {Record<string, string>} */
const REMEDIES = {
  lint: 'npx oxlint --fix mends some of them',
  format: 'npm run format',
  api: 'if the change is meant: npm run check -- build api --update, and review api/manycore.api.md',
}

process.exitCode = await main()

async function main() {
  const unknown = positionals.filter(name => !(name in STEPS))
  if (unknown.length > 0) {
    console.error(`no step ${unknown.join(', ')}; there are ${Object.keys(STEPS).join(', ')}`)
    return 1
  }
  let failed = 0
  for (const [name, step] of Object.entries(STEPS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    const began = performance.now()
    const { code, output } = await step()
    console.log(`${code === 0 ? '✔' : '✖'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
    if (code === 0) continue
    failed++
    console.log(stripVTControlCharacters(output).trimEnd().replace(/^/gm, '    '))
    if (name in REMEDIES) console.log(`  → ${REMEDIES[name]}`)
    if (name === 'build') break
  }
  return failed === 0 ? 0 : 1
}

/**
 * Runs one after the other until one fails.
 * @param {(() => Promise<Outcome>)[]} steps
 * @returns {Promise<Outcome>}
 */
async function inTurn(...steps) {
  for (const step of steps) {
    const outcome = await step()
    if (outcome.code !== 0) return outcome
  }
  return { code: 0, output: '' }
}

function apiArguments() {
  return ['run', '--config', 'api/api-extractor.json', ...(options.update ? ['--local'] : [])]
}

/** Packs the package as it would be published and has it looked over. */
async function checkPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'mc-pack-'))
  try {
    return await inTurn(
      () => run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]),
      () => runTool('publint', 'publint', ['run', tarball(folder), '--strict']),
      () => runTool('@arethetypeswrong/cli', 'attw', [tarball(folder)]),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} folder */
function tarball(folder) {
  const name = readdirSync(folder).find(file => file.endsWith('.tgz'))
  if (!name) throw new Error('npm pack made no tarball')
  return join(folder, name)
}

// @ts-check
/*
 * Joins the files of `changes/` into CHANGELOG.md under a version, and removes them.
 *
 *    node scripts/changes.js            shows what would be added
 *    node scripts/changes.js 1.2.0      does it
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { joinChanges } from './lib/changelog.js'
import { ROOT } from './lib/test-files.js'

const FOLDER = join(ROOT, 'changes')
const LOG = join(ROOT, 'CHANGELOG.md')
const HEAD = '# Changes\n'

const version = process.argv[2]
const names = readdirSync(FOLDER).filter(name => name.endsWith('.md') && name !== 'README.md')
const changes = names.map(name => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }))
const section = joinChanges(changes, version ?? 'next', new Date())

if (version === undefined) {
  console.log(section)
} else {
  const before = existsSync(LOG) ? readFileSync(LOG, 'utf8') : HEAD
  writeFileSync(LOG, `${HEAD}\n${section}${before.slice(HEAD.length)}`)
  for (const name of names) rmSync(join(FOLDER, name))
  console.log(`${names.length} changes moved to CHANGELOG.md under ${version}`)
}

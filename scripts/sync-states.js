// @ts-check
/*
 * Draws docs/internals/sync.md from the tables in src/sync/states.ts; `--check` compares instead. Needs a build.
 */
import { TABLES } from '../dist/src/sync/states.js'
import { pageScript } from './lib/generated-page.js'
import { tableProblems } from './lib/states-page.js'
import { syncPage } from './lib/sync-page.js'

const problems = TABLES.flatMap(tableProblems)
if (problems.length > 0) throw new Error(problems.join('\n'))
pageScript('docs/internals/sync.md', syncPage(TABLES), 'npm run build && node scripts/sync-states.js')
